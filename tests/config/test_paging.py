"""How an interface is asked: what the declaration takes and what it refuses."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.load import ConfigError, init, load
from config.paging import Paging
from config.settings import Settings

TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


def test_by_default_it_is_the_standard_interface() -> None:
    plain = Paging()
    assert (plain.style, plain.path, plain.rows, plain.next, plain.code, plain.success) == (
        "cursor", "/tables/{table}", "data.rows", "data.next", "code", "0",
    )  # fmt: skip
    assert (plain.since, plain.after, plain.limit) == ("since", "after", "limit")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a path that does not begin with /": ({"path": "tables/{table}"}, "G010"),
    "a path with parameters": ({"path": "/t?x={table}"}, "G010"),
    "a path with another place to fill": ({"path": "/{schema}/{table}"}, "G010"),
    "a path with an open brace": ({"path": "/{table"}, "G010"),
    "a path with the table twice": ({"path": "/{table}/{table}"}, "G010"),
    "no place for the table": ({"path": "/list"}, "G010"),
    "a parameter with a space": ({"since": "begin time"}, "G010"),
    "a parameter that cuts in": ({"extra": {"a&b": "1"}}, "G010"),
    "a place with an empty level": ({"rows": "data..rows"}, "G010"),
    "a cursor without a cursor": ({"next": ""}, "G006"),
    "a cursor without a serial number": ({"after": ""}, "G006"),
    "pages without a number": ({"style": "page", "page": ""}, "G006"),
    "pages without a size": ({"style": "page", "limit": ""}, "G006"),
    "a form of times that has no field": ({"since_format": "yyyy-MM-dd"}, "G010"),
    "a style that is none": ({"style": "offset"}, "literal"),
    "a first page of 2": ({"first_page": 2}, "less_than"),
    "a key that is not known": ({"pages": "x"}, "extra"),
}


@pytest.mark.parametrize(("given", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        Paging.model_validate(given)
    [problem] = error.value.errors()
    assert problem["type"].startswith(code) or problem["ctx"]["code"] == code


TAKEN: dict[str, dict[str, Any]] = {
    "the table in a parameter": {"path": "/list", "table": "tableName"},
    "brackets and dots in a parameter": {"since": "filter[gxsj].from"},
    "pages without a time": {"style": "page", "since": ""},
    "pages without a total": {"style": "page", "total": ""},
    "rows that stand alone": {"style": "page", "rows": "", "code": "", "message": ""},
    "milliseconds": {"since_format": "epoch_ms"},
    "a form of times": {"since_format": "%Y/%m/%d"},
    "places in Chinese": {"rows": "数据.记录", "next": "数据.下一页"},
}


@pytest.mark.parametrize("given", TAKEN.values(), ids=TAKEN.keys())
def test_what_interfaces_are_like_is_taken(given: dict[str, Any]) -> None:
    assert Paging.model_validate(given).model_dump().items() >= given.items()


def examples() -> list[dict[str, Any]]:
    """The two commented examples in the default file."""
    text = (resources.files("config") / "defaults" / "monitor.toml").read_text("utf-8")
    lines = text[text.index("# [sources.paging]") :].splitlines()
    lines = lines[: next(n for n, line in enumerate(lines) if not line.startswith("#"))]
    settings = "\n".join(
        line[2:]
        for line in lines
        if line[2:3].isascii() and ("=" in line or "[" in line) and "：" not in line.split("#")[1]
    )
    first, second = settings.split("[sources.paging]")[1:]
    return [tomllib.loads(first), tomllib.loads(second)]


def test_the_examples_in_the_default_file_are_true() -> None:
    first, second = examples()
    assert Paging.model_validate(first) == Paging()
    assert Paging.model_validate(second).style == "page"


def test_a_source_without_a_word_about_paging_has_the_standard_one(tmp_path: Path) -> None:
    init(tmp_path)
    [source] = load(tmp_path, TOKEN).settings.sources
    assert source.paging == Paging()


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    init(tmp_path)
    path = tmp_path / "monitor.toml"
    text = path.read_text("utf-8").replace(
        "\n[sources.tables]", '\n[sources.paging]\npath = "list"\n\n[sources.tables]'
    )
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        load(tmp_path, TOKEN)
    [problem] = [problem for problem in error.value.problems if problem.severity == "error"]
    assert (problem.code, problem.line) == ("G010", text.splitlines().index('path = "list"') + 1)


def test_settings_of_sources_can_be_compared_and_copied(tmp_path: Path) -> None:
    init(tmp_path)
    settings = load(tmp_path, TOKEN).settings
    assert settings.model_copy(deep=False) == settings
    assert isinstance(Settings().sources, tuple)
