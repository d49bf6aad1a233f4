"""Chinese and Latin text in the columns of a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.columns import padded, width, wrapped

TEXTS = st.text(st.sampled_from("办件时限逾期，。（）“”—… abcXYZ0123-:/工作日→#　"), max_size=300)


@given(TEXTS, st.integers(0, 12), st.integers(0, 24), st.integers(30, 90))
def test_no_line_is_wider_than_it_may_be_and_nothing_is_lost(text: str, indent: int, hanging: int, most: int) -> None:
    lines = wrapped(text, indent, hanging, most)
    assert all(width(line) <= most for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            "到期日为2026-03-10，逾期", ["到期日为", "2026-03-10，", "逾期"], id="a date and its comma stay whole"
        ),
        pytest.param("共二十个工作日", ["共二十个", "工作日"], id="a word that belongs together"),
        pytest.param("abcdefghijklmnopqrst", ["abcdefghijkl", "mnopqrst"], id="what no line has room for is cut"),
        pytest.param("铃\x07声\u202e倒", ["铃�声�倒"], id="what a terminal would act on is replaced"),
        pytest.param("", [""], id="nothing"),
    ],
)
def test_where_lines_end(text: str, lines: list[str]) -> None:
    assert wrapped(text, most=12) == lines


def test_padding_counts_columns() -> None:
    assert padded("到期日", 10) == "到期日    "
    assert padded("到期日", 2) == "到期日"
