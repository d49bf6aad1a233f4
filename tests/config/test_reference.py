"""The manual says of every option what its declaration says, and the default files name every option."""

from importlib import resources

import pytest

from config import shape
from config.problems import CODES
from config.reference import FILES, markdown

MANUAL = markdown()
OPTIONS = [
    pytest.param(name, path, field, id=f"{name}: {'.'.join(path)}")
    for name, _, model in FILES
    for path, field in shape.fields(model)
]


@pytest.mark.parametrize(("file", "path", "field"), OPTIONS)
def test_every_option_is_described_where_it_is_declared_and_in_the_manual(file, path, field) -> None:
    assert field.description
    assert field.description in MANUAL


@pytest.mark.parametrize(("file", "path", "field"), OPTIONS)
def test_every_option_is_named_in_its_default_file(file, path, field) -> None:
    name = file.replace("YYYY.toml", "2027.toml.example")
    assert path[-1] in (resources.files("config") / "defaults" / name).read_text("utf-8")


def test_every_code_of_a_problem_is_in_the_manual() -> None:
    assert [code for code, title in CODES.items() if f"| {code} | {title} |" not in MANUAL] == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("| `port` | 整数，≥ 1，≤ 65535 | `25` |", id="a bounded number"),
        pytest.param('| `security` | `none` / `starttls` / `tls` | `"none"` |', id="one of some words"),
        pytest.param('| `end` | 时刻 "HH:MM" | `"17:30"` |', id="a time of day"),
        pytest.param("| `name` | 文字 | **必填** |", id="what must be given"),
        pytest.param("| `token` | 文字（保密） | — |", id="a secret"),
        pytest.param("| `cc` | 岗位的列表 | — |", id="a list of roles"),
        pytest.param('| `region_codes` | 文字的列表 | `["110116"]` |', id="a list with a default"),
        pytest.param("### `[[ladder]]`", id="a list of tables"),
        pytest.param("### `[[unit.aliases]]`", id="a list of tables in a table"),
    ],
)
def test_the_manual_shows_type_range_and_default(row: str) -> None:
    assert row in MANUAL
