"""Where a secret comes from: the settings, a file of its own, the environment, or a systemd credential."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from config.documents import Places
from config.problems import Problem, Severity
from config.toml_lines import KeyPath

CREDENTIALS = "CREDENTIALS_DIRECTORY"


@dataclass(frozen=True, slots=True)
class Want:
    """A secret that is looked for: its Chinese ``label``, where it may stand, and whether it can be done without.

    ``path`` is the key of the value in monitor.toml; the key that names its file is the same with ``_file`` after it.
    """

    label: str
    path: KeyPath
    value: SecretStr | None
    file: Path | None
    variable: str
    credential: str
    required: bool

    @property
    def file_path(self) -> KeyPath:
        """The key in monitor.toml that names the file of this secret."""
        return (*self.path[:-1], f"{self.path[-1]}_file")


@dataclass(frozen=True, slots=True)
class _Given:
    """What was found first: the text itself or the file that holds it, and where the operator wrote it."""

    content: str | Path
    path: KeyPath = ()
    variable: str = ""
    guarded: bool = False

    def problem(self, places: Places, code: str, severity: Severity, message: str, hint: str) -> Problem:
        if self.variable:
            return Problem(code, severity, f"环境变量 {self.variable}", None, message, hint)
        return places.problem(code, severity, self.path, message, hint)


def find(want: Want, env: Mapping[str, str], directory: Path, places: Places) -> tuple[SecretStr | None, list[Problem]]:
    """The secret, and what is wrong about it. The first that is given counts:

    1. the value in monitor.toml (discouraged) or its override,
    2. the file that ``…_file`` names (relative to ``directory``),
    3. the environment variable,
    4. the file that the environment variable ``…_FILE`` names (relative to ``directory``),
    5. the systemd credential ``$CREDENTIALS_DIRECTORY/<credential>``.
    """
    problems = _about_plain(want, places)
    given = _first(want, env, directory)
    if given is None:
        return None, [_missing(want, places)] if want.required else []
    text, faults = _text(want, given, places)
    problems += faults
    if text is None:
        return None, problems
    text = text.strip()
    if not text or not text.isprintable():
        message = f"{want.label}" + ("中间有换行或不可见字符" if text else "是空的")
        problems.append(given.problem(places, "K006", "error", message, "重新写入，整个内容只有凭据这一行"))
        return None, problems
    return SecretStr(text), problems


def holder(want: Want, env: Mapping[str, str], directory: Path) -> Path | None:
    """The file that holds the secret, if it is one: what stands there may change while the program runs."""
    given = _first(want, env, directory)
    return given.content.absolute() if given and isinstance(given.content, Path) else None


def reread(path: Path | None) -> str | None:
    """What stands in a secret's file by now; None when there is no file, or nothing that can be a secret in it."""
    try:
        text = path.read_bytes().decode("utf-8-sig").strip() if path else ""
    except (OSError, ValueError):
        return None
    return text if text and text.isprintable() else None


def _first(want: Want, env: Mapping[str, str], directory: Path) -> _Given | None:
    if want.value is not None:
        return _Given(want.value.get_secret_value(), want.path)
    if want.file is not None:
        return _Given(directory / want.file, want.file_path)
    if want.variable in env:
        return _Given(env[want.variable], variable=want.variable)
    if (named := f"{want.variable}_FILE") in env:
        return _Given(directory / env[named], variable=named)
    if folder := env.get(CREDENTIALS):
        credential = Path(folder) / want.credential
        if credential.is_file():
            return _Given(credential, variable=CREDENTIALS, guarded=True)
    return None


def _text(want: Want, given: _Given, places: Places) -> tuple[str | None, list[Problem]]:
    if isinstance(given.content, str):
        return given.content, []
    try:
        text = given.content.read_bytes().decode("utf-8-sig")
        mode = given.content.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "不是 UTF-8 文本，或路径里有非法字符"
        message = f"{want.label}的文件读不出来（{reason}）"
        return None, [given.problem(places, "K002", "error", message, "检查路径，以及运行本程序的账号能否读取")]
    if not text.strip():
        return None, [given.problem(places, "K002", "error", f"{want.label}的文件是空的", "把凭据写进该文件")]
    # systemd itself guards its credentials, with modes of its own choosing.
    if not given.guarded and stat.S_IMODE(mode) & 0o077:
        message = f"{want.label}的文件别的账号也能访问（权限 {stat.S_IMODE(mode):03o}）"
        return text, [given.problem(places, "K003", "warning", message, "chmod 600 该文件")]
    return text, []


def _about_plain(want: Want, places: Places) -> list[Problem]:
    problems: list[Problem] = []
    if want.value is not None and want.path not in places.origins:
        message = f"{want.label}明文写在 {places.file} 里"
        hint = f"改用 {want.file_path[-1]} 指向权限 600 的文件，或环境变量 {want.variable}"
        problems.append(places.warning("K004", want.path, message, hint))
    if want.value is not None and want.file is not None:
        message = f"{want.path[-1]} 与 {want.file_path[-1]} 同时给出，只有前者生效"
        problems.append(places.warning("K005", want.path, message, "删去其中一个"))
    return problems


def _missing(want: Want, places: Places) -> Problem:
    hint = (
        f'任选一种给出：{want.file_path[-1]} = "文件路径"（权限 600）；'
        f"环境变量 {want.variable} 或 {want.variable}_FILE；"
        f"systemd 的 LoadCredential={want.credential}:文件路径"
    )
    return places.error("K001", want.path, f"缺少{want.label}", hint)
