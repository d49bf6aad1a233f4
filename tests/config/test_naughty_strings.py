"""Strings that break programs, as names, keys, addresses and secrets: a sentence at worst, never a traceback."""

import json
from pathlib import Path

import pytest

from config import checks
from config.documents import Document, Places, read
from config.load import ConfigError
from config.problems import Problem, shown
from config.units import UnitDirectory, UnitsFile
from config.validate import validated

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    """The Big List of Naughty Strings, and some of our own."""
    if not STRINGS.is_file():
        pytest.skip(f"the list of naughty strings is not there: {STRINGS}")
    own = ["和", "（）", "区", "北京市怀柔区", "\u200b", "\x00", "a\r\nBcc: x@y.cn", "@", "[key]", "水" * 10_000]
    return [*json.loads(STRINGS.read_text("utf-8")), *own]


def written(text: str) -> str:
    """``text`` as a TOML string."""
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def loaded(path: Path, text: str) -> tuple[UnitsFile | None, list[Problem]]:
    path.write_text(text, "utf-8")
    document = read(path, path.name)
    assert isinstance(document, Document), document
    return validated(UnitsFile, document)


def is_a_sentence(problem: Problem) -> bool:
    text = str(problem)
    return text.isprintable() and len(text) < 600 and problem.line is not None


def test_as_names_of_a_unit(tmp_path: Path, naughty: list[str]) -> None:
    for string in naughty:
        name = written(string)
        text = f'[[unit]]\nid = "A"\nname = {name}\nfull_name = "甲局"\naliases = [{name}]\n'
        file, problems = loaded(tmp_path / "units.toml", text)
        assert all(is_a_sentence(problem) for problem in problems), string
        if file:
            units = UnitDirectory(file.unit)
            assert list(checks.check_units(units, Places("units.toml"))) == [], string
            assert units.match("", string) in ("A", None), string


def test_as_keys(tmp_path: Path, naughty: list[str]) -> None:
    for string in naughty:
        key = written(string)
        text = f'[office]\n{key} = []\n[[unit]]\n{key} = 1\nid = "A"\nname = "甲"\nfull_name = "甲"\n'
        file, problems = loaded(tmp_path / "units.toml", text)
        assert file is None
        assert [(p.code, p.line) for p in problems] == [("G005", 2), ("G005", 4)], string
        assert all(is_a_sentence(problem) for problem in problems), string


def test_as_addresses(tmp_path: Path, naughty: list[str]) -> None:
    for string in naughty:
        _, problems = loaded(tmp_path / "units.toml", f"[office]\noperator = [{written(string)}]\n")
        assert [(p.code, p.line) for p in problems] == [("U003", 2)], string


def test_as_what_a_record_says(naughty: list[str], folder) -> None:
    units = folder.load().units
    for string in naughty:
        assert units.match(string, string) is None, string


def test_as_values_all_over_monitor_toml(naughty: list[str], folder) -> None:
    for string in naughty[::5]:
        value = written(string)
        folder.write(
            "monitor.toml",
            f"data_dir = {value}\n[[sources]]\nname = {value}\nbase_url = {value}\n"
            f"token = {value}\n[delivery]\nhost = {value}\nsecurity = {value}\nport = {value}\n",
        )
        with pytest.raises(ConfigError) as error:
            folder.load()
        assert all(str(problem).isprintable() for problem in error.value.problems), string


def test_as_the_files_themselves(naughty: list[str], folder) -> None:
    for string in naughty[::5]:
        folder.write("matters.toml", string.encode("utf-8", "replace").decode())
        assert all(str(problem).isprintable() for problem in folder.problems()), string


def test_what_is_shown_of_a_key_is_one_short_visible_line() -> None:
    assert shown("a\x1b[31m\nb") == "a�[31m�b"
    assert shown("x" * 100) == "x" * 60 + "…"
