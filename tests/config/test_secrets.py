"""Where secrets are looked for, in which order, and that they are never shown."""

import pytest

from config.load import ConfigError, load
from config.secrets import reread

TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


def token(config) -> str:
    return config.settings.sources[0].token.get_secret_value()


class TestOrder:
    """The nearest to the settings wins."""

    @pytest.fixture
    def env(self, folder) -> dict[str, str]:
        """Every way but the two of monitor.toml, each with a token of its own."""
        folder.write("named", "from-the-named-file\n", 0o600)
        folder.write("credentials/city_token", "from-systemd\n", 0o600)
        return {
            "APPROVAL_MONITOR_CITY_TOKEN": "from-the-variable",
            "APPROVAL_MONITOR_CITY_TOKEN_FILE": "named",
            "CREDENTIALS_DIRECTORY": str(folder.path / "credentials"),
        }

    def test_1_the_settings_themselves(self, folder, env) -> None:
        folder.add("monitor.toml", 'token = "from-the-settings"\n')
        assert token(folder.load(env)) == "from-the-settings"

    def test_1_an_override_of_the_settings_without_a_warning(self, folder, env) -> None:
        config = folder.load({**env, "APPROVAL_MONITOR__SOURCES__CITY__TOKEN": "from-the-override"})
        assert (token(config), config.warnings) == ("from-the-override", ())

    def test_2_the_file_the_settings_name_relative_to_their_folder(self, folder, env) -> None:
        folder.write("secret", "from-the-file", 0o600)
        folder.add("monitor.toml", 'token_file = "secret"\n')
        assert token(folder.load(env)) == "from-the-file"

    def test_3_the_variable(self, folder, env) -> None:
        assert token(folder.load(env)) == "from-the-variable"

    def test_4_the_file_a_variable_names(self, folder, env) -> None:
        del env["APPROVAL_MONITOR_CITY_TOKEN"]
        assert token(folder.load(env)) == "from-the-named-file"

    def test_5_the_systemd_credential(self, folder, env) -> None:
        del env["APPROVAL_MONITOR_CITY_TOKEN"], env["APPROVAL_MONITOR_CITY_TOKEN_FILE"]
        assert token(folder.load(env)) == "from-systemd"

    def test_6_nothing_is_an_error(self, folder) -> None:
        assert [p.code for p in folder.problems({"CREDENTIALS_DIRECTORY": str(folder.path)})] == ["K001"]


class TestFiles:
    """A file that holds a secret is read with care."""

    def load_with(self, folder, text: str, mode: int = 0o600):
        folder.write("secret", text, mode)
        folder.add("monitor.toml", 'token_file = "secret"\n')
        return folder

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
    def test_a_file_that_others_can_get_at_is_a_warning(self, folder, mode: int) -> None:
        [problem] = self.load_with(folder, "t", mode).problems()
        assert (problem.code, problem.severity, problem.line) == ("K003", "warning", 4)
        assert f"{mode:03o}" in problem.message

    def test_the_modes_of_systemd_are_its_own_affair(self, folder) -> None:
        folder.write("credentials/city_token", "t", 0o444)
        assert folder.problems({"CREDENTIALS_DIRECTORY": str(folder.path / "credentials")}) == ()

    @pytest.mark.parametrize("mode", [0o600, 0o400])
    def test_a_file_of_the_owner_alone_is_fine(self, folder, mode: int) -> None:
        assert self.load_with(folder, "t", mode).problems() == ()

    def test_white_space_and_a_byte_order_mark_around_it_are_dropped(self, folder) -> None:
        assert token(self.load_with(folder, "\ufeff t-1 \r\n").load()) == "t-1"

    @pytest.mark.parametrize("text", ["", "\n"])
    def test_an_empty_file_is_an_error(self, folder, text: str) -> None:
        assert [p.code for p in self.load_with(folder, text).problems()] == ["K002"]

    def test_a_file_that_is_no_text_is_an_error(self, folder) -> None:
        self.load_with(folder, "t")
        (folder.path / "secret").write_bytes(b"\xff\xfe\x00t")
        assert [p.code for p in folder.problems()] == ["K002"]

    def test_a_file_of_two_lines_is_an_error(self, folder) -> None:
        assert [p.code for p in self.load_with(folder, "one\ntwo\n").problems()] == ["K006"]

    def test_an_error_of_a_variable_names_the_variable(self, folder) -> None:
        [problem] = folder.problems({"APPROVAL_MONITOR_CITY_TOKEN_FILE": "nowhere"})
        assert (problem.code, problem.file) == ("K002", "环境变量 APPROVAL_MONITOR_CITY_TOKEN_FILE")


def test_a_command_that_only_reads_the_ledger_needs_no_secret(folder) -> None:
    config = load(folder.path, {}, secrets=False)
    assert config.settings.sources[0].token is None
    assert not [problem for problem in config.warnings if problem.code.startswith("K")]


def test_the_password_of_the_inbox_comes_from_a_file_or_a_systemd_credential(folder) -> None:
    folder.write("credentials/imap_password", "from-systemd\n", 0o600)
    folder.add("monitor.toml", '[inbox]\nhost = "10.0.0.2"\nusername = "duban"\n')
    settings = folder.load({**TOKEN, "CREDENTIALS_DIRECTORY": str(folder.path / "credentials")}).settings
    assert settings.inbox.password.get_secret_value() == "from-systemd"
    folder.write("named", "from-the-file\n", 0o600)
    folder.add("monitor.toml", 'password_file = "named"\n')
    assert folder.load().settings.inbox.password.get_secret_value() == "from-the-file"
    assert "from-the-file" not in repr(folder.load().settings)


DATABASE = '[[sources]]\nname = "qzk"\nkind = "database"\nurl = "mysql+pymysql://reader@10.0.0.1:3306/front"\n'


class TestDatabase:
    """The password of an exchange database is looked for as the token is; such a source needs no token."""

    def password(self, config) -> str:
        return config.settings.sources[1].password.get_secret_value()

    def test_in_the_variable(self, folder) -> None:
        folder.add("monitor.toml", DATABASE)
        assert self.password(folder.load(TOKEN | {"APPROVAL_MONITOR_QZK_PASSWORD": "p"})) == "p"

    def test_in_a_file_that_is_remembered_so_that_a_new_password_can_be_read_from_it(self, folder) -> None:
        path = folder.write("secret", "p\n", 0o600)
        folder.add("monitor.toml", DATABASE + 'password_file = "secret"\n')
        config = folder.load()
        assert (self.password(config), config.settings.sources[1].password_file) == ("p", path)

    def test_as_a_systemd_credential(self, folder) -> None:
        folder.write("credentials/qzk_password", "p", 0o600)
        folder.add("monitor.toml", DATABASE)
        assert self.password(folder.load(TOKEN | {"CREDENTIALS_DIRECTORY": str(folder.path / "credentials")})) == "p"

    def test_nowhere_is_an_error_that_says_where_it_can_be(self, folder) -> None:
        folder.add("monitor.toml", DATABASE)
        [problem] = folder.problems()
        assert (problem.code, "APPROVAL_MONITOR_QZK_PASSWORD" in problem.hint) == ("K001", True)

    @pytest.mark.parametrize("url", ["sqlite:////data/front.db", "postgresql+psycopg:///front?host=/run/postgresql"])
    def test_an_address_without_an_account_needs_none(self, folder, url: str) -> None:
        folder.add("monitor.toml", f'[[sources]]\nname = "qzk"\nkind = "database"\nurl = "{url}"\n')
        assert folder.problems() == ()


def test_mail_takes_its_secret_the_same_way(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nusername = 'u'\n")
    settings = folder.load(TOKEN | {"APPROVAL_MONITOR_SMTP_PASSWORD": "p"}).settings
    assert settings.delivery.password.get_secret_value() == "p"


def test_no_repr_and_no_error_shows_a_secret(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nusername = 'u'\npassword = 'tell-nobody'\n")
    env = {"APPROVAL_MONITOR_CITY_TOKEN": "tell-nobody"}
    assert "tell-nobody" not in repr(folder.load(env))
    folder.add("monitor.toml", "port = 'tell-nobody'\nenabled = 'tell-nobody'\nsecurity = 'tell-nobody'\n")
    with pytest.raises(ConfigError) as error:
        folder.load(env)
    assert len(error.value.problems) == 3
    assert "tell-nobody" not in repr(error.value) + str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


WAYS = {
    "the settings name it": ("monitor.toml", {}),
    "the environment names it": ("", {"APPROVAL_MONITOR_CITY_TOKEN_FILE": "secret"}),
    "systemd keeps it": ("", {"CREDENTIALS_DIRECTORY": "."}),
}


class TestFileOfAToken:
    """What stands in a file may change while the program runs, so the loaded settings say which file it is."""

    @pytest.mark.parametrize(("file", "env"), WAYS.values(), ids=WAYS.keys())
    def test_it_is_known_wherever_it_was_named(self, folder, file, env) -> None:
        folder.write("secret", "from-a-file", 0o600)
        folder.write("city_token", "from-a-file", 0o600)
        if file:
            folder.add(file, 'token_file = "secret"\n')
        env = {
            name: str(folder.path / value) if name == "CREDENTIALS_DIRECTORY" else value for name, value in env.items()
        }
        [source] = folder.load(env).settings.sources
        assert source.token_file.is_absolute()
        assert source.token_file.read_text("utf-8") == "from-a-file"

    def test_a_token_that_stands_in_no_file_has_none(self, folder) -> None:
        folder.write("secret", "of no use", 0o600)
        folder.add("monitor.toml", 'token = "plain"\ntoken_file = "secret"\n')
        assert folder.load({}).settings.sources[0].token_file is None
        assert folder.load(TOKEN).settings.sources[0].token_file is None


REREAD = {
    "one line": (b"new-token\n", "new-token"),
    "with a byte order mark": (b"\xef\xbb\xbfnew-token", "new-token"),
    "empty": (b" \n", None),
    "two lines": (b"one\ntwo", None),
    "no text": (b"\xff\xfe", None),
}


@pytest.mark.parametrize(("content", "expected"), REREAD.values(), ids=REREAD.keys())
def test_a_secret_is_read_again_or_not_taken(tmp_path, content, expected) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert reread(tmp_path / "secret") == expected


def test_a_secret_without_a_file_is_not_read_again(tmp_path) -> None:
    assert (reread(None), reread(tmp_path / "gone"), reread(tmp_path)) == (None, None, None)
