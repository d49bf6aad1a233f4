"""The line of every key, however the file is laid out."""

import tomllib
from importlib import resources
from typing import Any

import pytest

from config.toml_lines import KeyPath, key_lines, line_of, value_spans

CASES = {
    "a key after blank lines and comments": ("\n# a = 1\n\na = 1\n", {("a",): 4}),
    "a key in a table": ("[t]\na = 1\n", {("t",): 1, ("t", "a"): 2}),
    "a table in a table": ("[t.u]\na = 1\n", {("t", "u"): 1, ("t", "u", "a"): 2}),
    "a dotted key": ("x = 1\na.b = 1\n", {("a",): 2, ("a", "b"): 2}),
    "a quoted key with a dot and an equals sign": ('"a.b = c" = 1\nd = 2\n', {("a.b = c",): 1, ("d",): 2}),
    "a bracket in a quoted header": ('["a]b"]\nc = 1\n', {("a]b", "c"): 2}),
    "an escape in a key": (r'"\u0061" = 1', {("a",): 1}),
    "a list of tables": ("[[t]]\na = 1\n[[t]]\na = 2\n", {("t", 0, "a"): 2, ("t", 1): 3, ("t", 1, "a"): 4}),
    "a table below an element of a list": (
        "[[t]]\n[t.u]\na = 1\n[[t]]\n[t.u]\na = 2\n",
        {("t", 0, "u", "a"): 3, ("t", 1, "u"): 5, ("t", 1, "u", "a"): 6},
    ),
    "a list of tables in an element of a list": (
        "[[t]]\n[[t.u]]\na = 1\n[[t.u]]\na = 2\n[[t]]\n[[t.u]]\na = 3\n",
        {("t", 0, "u", 1, "a"): 5, ("t", 1, "u", 0, "a"): 8},
    ),
    "a list over several lines": (
        "a = [\n  1, # one ]\n  [2,\n 3],\n]\nb = 1\n",
        {("a", 0): 2, ("a", 1, 1): 4, ("b",): 6},
    ),
    "inline tables in a list": ("a = [\n{b = 1},\n{b = 2, c = {d = 3}}]\n", {("a", 1, "b"): 3, ("a", 1, "c", "d"): 3}),
    "a string that looks like keys": ('a = """\nb = 1\n[t]\n"""\nc = 2\n', {("a",): 1, ("c",): 5}),
    "a string that ends in quotes": ('a = """x"""""\nc = 2\n', {("c",): 2}),
    "a quote behind a backslash": ('a = "\\"#"\nc = 2\n', {("c",): 2}),
    "a backslash in a literal string": ("a = 'C:\\'\nc = 2\n", {("c",): 2}),
    "a literal string over several lines": ("a = '''\n\\'\n'''\nc = 2\n", {("c",): 4}),
    "Windows line ends": ("a = 1\r\n[t]\r\nb = 2\r\n", {("t", "b"): 3}),
    "no line end at the end": ("a = 1\nb = true", {("b",): 2}),
    "spaces around dots and brackets": ("[ t . u ]\na = 1\n[[ v ]]\n", {("t", "u", "a"): 2, ("v", 0): 3}),
    "dates and times": ("a = 2026-01-01 08:00:00\nb = 09:00:00 # c\nc = 1\n", {("b",): 2, ("c",): 3}),
}


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_a_key_is_found_on_its_line(text: str, expected: dict[KeyPath, int]) -> None:
    tomllib.loads(text.replace("\r\n", "\n"))
    lines = key_lines(text)
    assert {path: lines.get(path) for path in expected} == expected


SPANS = {
    "a number with a remark behind it": ("a = 5  # b = 6\n", ("a",), "5"),
    "a text with signs of comments and quotes": ('a = "x # \\" y" # z\n', ("a",), '"x # \\" y"'),
    "a text over several lines": ('a = """\n1\n2"""\nb = 1\n', ("a",), '"""\n1\n2"""'),
    "a list": ("a = [1,\n 2] # c\n", ("a",), "[1,\n 2]"),
    "a value in an inline table": ("a = { b = 1 , c = 'x' }\n", ("a", "b"), "1"),
    "a value of the second of two tables": ("[[t]]\na = 1\n[[t]]\na = 22", ("t", 1, "a"), "22"),
}


@pytest.mark.parametrize("case", SPANS, ids=str)
def test_a_value_is_found_from_its_first_character_to_its_last(case: str) -> None:
    text, path, value = SPANS[case]
    start, end = value_spans(text)[path]
    assert text[start:end] == value


def test_only_what_is_written_has_a_line() -> None:
    assert set(key_lines('a = """\nb = 1\n"""\n[t]\nc = [1]\n')) == {("a",), ("t",), ("t", "c"), ("t", "c", 0)}


def test_what_is_not_written_is_on_the_line_of_what_holds_it() -> None:
    lines = key_lines("x = 1\n[t]\na = 1\n")
    assert line_of(lines, ("t", "b", "c")) == 2
    assert line_of(lines, ("u",)) is None
    assert line_of(lines, ()) is None


def paths(data: Any, above: KeyPath = ()) -> list[KeyPath]:
    """Every path in parsed TOML."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for key, value in pairs for path in ((*above, key), *paths(value, (*above, key)))]


@pytest.mark.parametrize("name", ["monitor.toml", "policy.toml", "units.toml", "calendar/2027.toml.example"])
def test_every_key_of_the_default_files_stands_on_the_line_that_names_it(name: str) -> None:
    text = (resources.files("config") / "defaults" / name).read_text("utf-8")
    lines, rows = key_lines(text), text.splitlines()
    found = paths(tomllib.loads(text))
    assert found
    for path in found:
        assert path in lines
        if isinstance(path[-1], str):
            assert path[-1] in rows[lines[path] - 1]
