"""A new matters.toml takes the place of the old one whole, checked and with a copy kept, or not at all."""

import os
from pathlib import Path

import pytest

from config.load import init
from config.matters import Matter
from config.policy import Policy
from config.problems import ConfigError
from config.rewrite import RewriteError, read_text, replace_matters

OLD = '[[matter]]\ncode = "A"\nname = "甲"\npromised = 5\n'
NEW = '[[matter]]\ncode = "A"\nname = "甲"\npromised = 3\n'
WANTED = {"A": Matter(code="A", name="甲", promised=3)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder whose matters.toml has one entry."""
    folder = tmp_path / "etc"
    init(folder)
    (folder / "matters.toml").write_text(OLD, "utf-8")
    return folder


def names(folder: Path) -> set[str]:
    """The files of a folder."""
    return {path.name for path in folder.iterdir()}


def test_the_new_file_takes_the_place_of_the_old_one_of_which_a_copy_is_kept(folder: Path) -> None:
    before = names(folder)
    kept, remarks = replace_matters(folder, OLD, NEW, WANTED, Policy())
    assert (folder / "matters.toml").read_text("utf-8") == NEW
    assert (kept.name, kept.read_text("utf-8"), remarks) == ("matters.toml.bak", OLD, ())
    assert names(folder) == before | {"matters.toml.bak"}


def test_rights_of_the_old_file_are_those_of_the_new_one_and_of_the_copy(folder: Path) -> None:
    (folder / "matters.toml").chmod(0o640)
    mask = os.umask(0o077)
    try:
        kept, _ = replace_matters(folder, OLD, NEW, WANTED, Policy())
    finally:
        os.umask(mask)
    assert [path.stat().st_mode & 0o777 for path in (folder / "matters.toml", kept)] == [0o640, 0o640]


def test_a_link_stays_a_link(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    (folder / "matters.toml").rename(real)
    (folder / "matters.toml").symlink_to(real)
    replace_matters(folder, OLD, NEW, WANTED, Policy())
    assert (folder / "matters.toml").is_symlink()
    assert real.read_text("utf-8") == NEW


@pytest.mark.parametrize(
    ("after", "wanted", "error"),
    [
        pytest.param("[[matter]\n", WANTED, ConfigError, id="text that is no TOML"),
        pytest.param(NEW.replace("3", "-3"), WANTED, ConfigError, id="a value that is not allowed"),
        pytest.param(NEW + "\n" + NEW, WANTED, ConfigError, id="a matter that stands there twice"),
        pytest.param(NEW, {}, RewriteError, id="something else than was shown"),
    ],
)
def test_a_file_that_does_not_load_or_says_something_else_is_never_left_behind(
    folder: Path, after: str, wanted: dict[str, Matter], error: type[Exception]
) -> None:
    before = names(folder)
    with pytest.raises(error):
        replace_matters(folder, OLD, after, wanted, Policy())
    assert (folder / "matters.toml").read_text("utf-8") == OLD
    assert names(folder) == before


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    (folder / "matters.toml").write_text(OLD + "# 刚加的\n", "utf-8")
    with pytest.raises(RewriteError, match="刚被别人改过"):
        replace_matters(folder, OLD, NEW, WANTED, Policy())
    assert (folder / "matters.toml").read_text("utf-8") == OLD + "# 刚加的\n"


def test_what_the_checks_remark_is_handed_back(folder: Path) -> None:
    after = '[[matter]]\ncode = "A"\nname = "甲"\n'
    _, [remark] = replace_matters(folder, OLD, after, {"A": Matter(code="A", name="甲")}, Policy())
    assert remark.code == "M003"


def test_a_file_of_another_encoding_is_left_alone(folder: Path) -> None:
    (folder / "matters.toml").write_bytes(OLD.encode("gb18030"))
    with pytest.raises(RewriteError, match="UTF-8"):
        read_text(folder / "matters.toml")
