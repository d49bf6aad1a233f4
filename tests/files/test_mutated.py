"""Whatever a file holds: nothing raises, and every row is taken, set aside, a title, a total or unread."""

import json
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.importing import counted
from monitor.mapping import Mapper
from monitor.sources.files import FileError, Row, Sheet, html
from monitor.sources.files.sheets import sheets_of
from monitor.sources.files.understand import Understood, Words, understand
from monitor.sources.files.words import HEADINGS, Vocabulary
from monitor.stating import checked
from tests.files.office import HEADINGS as PLAIN
from tests.files.office import Office, line

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
WORDS = Words(Vocabulary(), Mapper(), {})
VALUES = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(
        [
            "A-1",
            "A-2",
            "合计",
            "共 3 件",
            "已办结",
            "补正中",
            "2026-03-03",
            "2026年3月3日 9时",
            "46084.0",
            "-",
            "是",
            3,
            46084,
        ]
    ),
)
WORDS_OF_HEADERS = st.sampled_from([word for words in HEADINGS.values() for word in words.split()[:3]] + list(HEADINGS))
ROWS = st.lists(st.lists(VALUES, max_size=8).map(tuple), max_size=12)


def sheet(rows: list[tuple[Any, ...]]) -> Sheet:
    """The rows that are not empty, as a sheet."""
    filled = (row for row in rows if any(cell is not None for cell in row))
    return Sheet("表", tuple(Row(n, row) for n, row in enumerate(filled, start=1)))


def understood(*sheets: Sheet) -> Understood | None:
    """What the sheets say; None when they say nothing at all."""
    try:
        return understand(sheets, WORDS)
    except FileError:
        return None


def adds_up(found: Understood, *sheets: Sheet) -> None:
    """Every row has met exactly one fate, and every row set aside has a reason."""
    lines = checked(found.lines, "2026-03-20 10:00:00")
    assert Counter((one.sheet, one.number) for one in lines) == Counter(
        (s.name, row.number) for s in sheets for row in s.rows
    )
    counts = counted(lines)
    assert counts["rows"] == sum(counts[fate] for fate in ("taken", "aside", "title", "total", "unread"))
    assert all(one.problems and one.problems[0].wrong for one in lines if one.fate == "aside")
    json.dumps([dict(one.given) for one in lines])


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_any_rows_below_the_header_of_a_listing(rows: list[tuple[Any, ...]]) -> None:
    whole = sheet([("清单",), PLAIN, *rows])
    found = understood(whole)
    assert found is not None
    adds_up(found, whole)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS_OF_HEADERS, min_size=1, max_size=8).map(tuple), ROWS)
def test_any_rows_below_any_header(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    whole = sheet([heads, *rows])
    if (found := understood(whole)) is not None:
        adds_up(found, whole)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    for beginning in (b"", b"\xef\xbb\xbf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table><tr><td>"):
        try:
            sheets, _ = sheets_of(beginning + content)
        except FileError:
            continue
        understood(*sheets)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "<td rowspan=3>",
                "<td colspan=2>",
                "x",
                "</tr>",
                "</td>",
                "<td rowspan=99999>",
                "<script>",
                "&#0;",
                "<!--",
            ]
        ),
        max_size=20,
    )
)
def test_any_page_is_tables_or_a_sentence(parts: list[str]) -> None:
    with suppress(FileError):
        html.sheets_of("".join(parts).encode())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='a",\n\r\t;', max_size=60))
def test_no_text_of_a_csv_is_lost(text: str) -> None:
    if not text.strip("\r\n\t "):
        return
    sheets, _ = sheets_of(text.encode())
    assert sum(str(row.cells).count("a") for row in sheets[0].rows) == text.count("a")


def test_naughty_strings_in_every_column_of_a_file(office: Office) -> None:
    if not NAUGHTY.is_file():
        pytest.skip("the list of naughty strings is not there: ../shared/data/naughty_strings")
    chance, rows = random.Random(1), []
    for number, text in enumerate(json.loads(NAUGHTY.read_text("utf-8"))):
        row = line(f"A-{number}")
        row[chance.randrange(len(row))] = text
        rows.append(row)
    result = office.take(office.csv([PLAIN, *rows]))
    counts = result.counts
    assert counts["rows"] == counts["taken"] + counts["aside"] + counts["title"] + counts["total"]
    assert counts["taken"] > 300
    assert len(office.items) == counts["item_new"]
    assert office.rows("SELECT count(*) FROM set_aside") == [(counts["aside"],)]
