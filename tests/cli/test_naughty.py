"""Records full of strings that break programs: they are shown, written and mailed as text, and nothing else happens."""

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.conftest import desk_at
from tests.cli.office import Desk, Rows, SmallPlatform, call

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
OWN = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r\n=1+1", " =1+1", "＝1+1", "\x1b[2J\x1b[31m红", "\x9b31m", "\x07",
    "\x00", "\u202e倒过来", "\u2066\u2069", "\u2028\u2029", "\u200b", "\ufeff", "\ud800", "\ufffe",
    "a\r\nBcc: x@evil.example",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}", "{% raw %}",
    "[link=http://evil.example]x[/link]", "[bold]x[/bold]", "%s%n%(x)s", "{0.__class__}", "';DROP TABLE item;--",
    "水" * 10_000, "x" * 10_000, "<b>" * 4_000, "e\u0301" * 400, "\U0001f468\u200d\U0001f469" * 60,
]  # fmt: skip
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROL = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{BIDI}]")


def rows_of(strings: list[str]) -> Rows:
    """Every string in every text column, of items that are overdue, so that they are in mails too.

    Half the items belong to a unit, the others to whatever the string says. One more item has the string as its number.
    """
    rows = Rows()
    for number, text in enumerate(strings):
        known = {"SPBMBM": "110116SWJ"} if number % 2 else {"SPBMBM": text}
        texts = {"SPBMMC": text, "SPSXBBH": text, "SPLCBM": text, "LXR": text, "LXRSJH": text}
        rows.add("DFXMSPLCJDSXXXB", SPSXBM=f"M{number}", SPSXMC=text, BJLX=text, SPSXBLSX=text)
        rows.project(f"G{number}", text, text)
        rows.item(f"N{number}", GCDM=f"G{number}", SPSXBM=f"M{number}", **texts | known)
        rows.add("XMSPSXBLXXXXB", SPSXSLBM=f"N{number}", BLZT=3, BLSJ="2026-03-03", BLCS=text, BLR=text, BLYJ=text)
        rows.add("XMSPSXBLTBCXXXB", SPSXSLBM=f"N{number}", TBCX=text, TBCXMC=text, TBCXKSSJ="2026-03-01")
        rows.add("XMSPSXPFWJXXB", SPSXSLBM=f"N{number}", PFRQ="2026-03-01", PFWH=text, PFWJBT=text)
        rows.item(text, (3, "2026-03-03"), GCDM=text, SPSXBM=text, SXBLSX=text)
        rows.item(f"L{number}", (3, text), (text, "2026-03-03"), SXBLSX=text, SJYXBS=1)  # type: ignore[arg-type]
    return rows


@pytest.fixture(
    scope="module",
    params=[pytest.param(4, id="every fourth"), pytest.param(1, id="every one", marks=pytest.mark.slow)],
)
def strings(request: pytest.FixtureRequest) -> list[str]:
    """Our own and every so many of the public list."""
    if not STRINGS.is_file():
        pytest.skip(f"没有刁难字符串清单 {STRINGS}，本项测试跳过。")
    return [*dict.fromkeys([*json.loads(STRINGS.read_text("utf-8"))[:: request.param], *OWN])]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> Iterator[Desk]:
    """A desk that has polled all of them; it can be asked, and is not changed."""
    with SmallPlatform(rows_of(strings).tables) as platform:
        desk = desk_at(tmp_path_factory.mktemp("naughty") / "etc", platform.base_url)
        desk.change("policy.toml", "lines_per_mail = 50", "lines_per_mail = 500")
        called = desk.call("poll")
        assert called.code == 0, called.err
        yield desk


@pytest.fixture
def naughty(tmp_path: Path, stocked: Desk) -> Desk:
    """A desk with a copy of that ledger."""
    folder = tmp_path / "naughty"
    shutil.copytree(stocked.folder, folder)
    return Desk(folder, stocked.env)


def test_every_item_arrives(stocked: Desk, strings: list[str]) -> None:
    found = {entry["item"] for entry in stocked.call("ledger", "--all", "--format", "json").json}
    assert found >= {f"N{number}" for number in range(len(strings))}


def test_json_has_no_control_characters(stocked: Desk) -> None:
    for entry in stocked.call("ledger", "--all", "--format", "json").json:
        texts = [value for value in entry.values() if isinstance(value, str)] + entry["problems"]
        assert not any(CONTROL.search(text.replace("\n", "\x00")) for text in texts if not set(BIDI) & set(text)), entry
        assert max(map(len, texts)) < 700


@pytest.mark.parametrize("width", ["80", "200"])
def test_the_table_is_lines_of_text(
    stocked: Desk, strings: list[str], monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    called = stocked.call("ledger", "--all")
    assert (called.code, called.err) == (0, "")
    assert CONTROL.findall(called.out) == []
    for number in range(len(strings)):
        assert re.search(rf"\bN{number}\b", called.out)


@pytest.mark.parametrize("command", [["units"], ["matters"]], ids=" ".join)
def test_units_and_matters_are_lines_of_text(stocked: Desk, command: list[str]) -> None:
    called = stocked.call(*command)
    assert (called.code, called.err) == (0, "")
    assert CONTROL.findall(called.out) == []
    assert stocked.call(*command, "--format", "json").json


def test_no_cell_of_the_csv_is_a_formula(stocked: Desk) -> None:
    called = stocked.call("ledger", "--all", "--format", "csv")
    lines = list(csv.reader(io.StringIO(called.out.removeprefix("\ufeff"), newline="")))
    assert {len(line) for line in lines} == {len(lines[0])}
    cells = [cell for line in lines for cell in line]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n") and not re.fullmatch(r"-\d+", cell)] == []


def test_the_workbook_reads_back_as_text(stocked: Desk, tmp_path: Path) -> None:
    called = stocked.call("ledger", "--all", "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
    assert (called.code, called.err) == (0, "")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    _, _, heads, *lines = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx")).get_sheet_by_index(0).to_python()
    projects = {line[heads.index("办件编号")]: line[heads.index("项目")] for line in lines}
    entries = {entry["item"]: entry for entry in stocked.call("ledger", "--all", "--format", "json").json}
    shown = [item for item in entries if item.startswith("N") and entries[item]["project"] in OWN]
    assert len(shown) > 10
    for item in shown:
        assert projects[item] == entries[item]["project"]


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes, and every address it points to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[tuple[str, tuple[str, ...]]] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "action", "background")}


def pages_and_texts(raw: bytes) -> tuple[str, str, Any]:
    message = message_from_bytes(raw, policy=policy.default)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    return html.get_content(), text.get_content(), message


@pytest.fixture
def plain_tags(office: Desk) -> set[tuple[str, tuple[str, ...]]]:
    """The tags of mails about ordinary items."""
    for command in ("plan", "report", "deliver"):
        assert office.call(command).code == 0
    return {tag for raw in office.kept() for tag in Tags(pages_and_texts(raw)[0]).tags}


def test_mails_and_report_are_text_too(naughty: Desk, plain_tags: set[tuple[str, tuple[str, ...]]]) -> None:
    for command in ("plan", "report", "deliver"):
        called = naughty.call(command)
        assert (called.code, called.err) == (0, "")
    mails = naughty.kept()
    assert sum(len(raw) for raw in mails) > 100_000, "the strings are in the mails"
    for raw in mails:
        html, text, message = pages_and_texts(raw)
        page = Tags(html)
        assert page.tags <= plain_tags
        assert not any(address.startswith(("javascript", "data", "http://evil")) for address in page.addresses)
        assert CONTROL.findall(text.replace("\r\n", "\n")) == []
        assert CONTROL.findall(str(message["Subject"])) == []
        assert message["Bcc"] is None
        assert [address for address in str(message["To"]).split(", ") if not address.endswith(".example")] == []


def test_the_report_on_paper(naughty: Desk, tmp_path: Path) -> None:
    called = naughty.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
    assert (called.code, called.err) == (0, "")
    (workbook,) = (tmp_path / "out").glob("*.xlsx")
    with zipfile.ZipFile(workbook) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    # Formulas of the report's own are sums; none comes from a record.
    formulas = {formula for sheet in sheets for formula in re.findall(rb"<f>(.*?)</f>", sheet)}
    assert not any(b"evil" in formula or b"cmd" in formula or b"1+1" in formula for formula in formulas)
    (page,) = (tmp_path / "out").glob("*.html")
    assert "<script" not in page.read_text("utf-8").lower()


def test_an_item_can_be_explained_whatever_it_is_called(stocked: Desk, strings: list[str]) -> None:
    for number in range(0, len(strings), 20):
        called = stocked.call("explain", f"N{number}")
        assert called.code == 0, called.err
        assert CONTROL.findall(called.out) == []
    for text in strings[::20]:
        called = stocked.call("explain", "--", text.replace("\x00", ""))
        assert called.code in (0, 2), called.err
        assert "Traceback" not in called.err


def test_codes_are_judged_and_shown_as_text(strings: list[str]) -> None:
    given = [text.replace("\x00", "") for text in strings]
    called = call(["check-code", "--format", "json", "--", *given])
    assert (called.code, called.err) == (1, "")
    assert len(called.json) == len(given)
    assert not any(verdict["ok"] for verdict in called.json)
    text = call(["check-code", "--", *given])
    assert (text.code, text.err) == (1, "")
    assert CONTROL.findall(text.out) == []


class TestExtremes:
    """Values at the edge of what a record can hold."""

    @staticmethod
    def polled(desk: Desk, rows: Rows) -> dict[str, Any]:
        with SmallPlatform(rows.tables) as platform:
            desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
            called = desk.call("poll")
            assert called.code == 0, called.err
        for command in (["plan"], ["deliver"], ["report"], ["ledger", "--all"], ["audit"], ["health"]):
            called = desk.call(*command)
            assert called.code == 0, called.err
            assert called.err == ""
        return {entry["item"]: entry for entry in desk.call("ledger", "--all", "--format", "json").json}

    def test_event_years(self, desk: Desk) -> None:
        rows = Rows()
        for year in ("0000", "0001", "1900", "1999", "2000", "2060", "2061", "9999", "10000", "-1"):
            rows.item(f"Y{year}", (3, f"{year}-06-01 09:00:00"), (9, f"{year}-12-31 23:59:59"))
        found = self.polled(desk, rows)
        assert found["Y2000"]["accepted"] == "2000-06-01"
        assert [found[f"Y{year}"]["accepted"] for year in ("0001", "9999", "2060")] == [None, None, None]

    def test_limits(self, desk: Desk) -> None:
        rows = Rows()
        for limit in (
            0,
            -1,
            2000,
            2001,
            10**9,
            10**30,
            1.5,
            "5",
            "5.0",
            "五",
            "NaN",
            "Infinity",
            "1e3",
            True,
            [5],
            {"a": 5},
        ):
            rows.item(f"L{limit}"[:40], (3, "2026-03-03 09:00:00"), SXBLSX=limit, SPSXBM="M0")
        found = self.polled(desk, rows)
        limits = {item: entry["limit"] for item, entry in found.items()}
        assert limits["L5"] == limits["L5.0"] == 5
        assert limits["L2000"] == 2000
        assert [limits[name] for name in ("L0", "L-1", "L2001", "L1000000000", "L1.5", "LNaN", "LInfinity", "L五")] == [
            None
        ] * 8

    def test_a_long_limit_from_a_late_day(self, desk: Desk) -> None:
        rows = Rows()
        rows.item("late", (1, "2060-12-30 09:00:00"), (3, "2060-12-31 09:00:00"), SXBLSX=2000)
        with SmallPlatform(rows.tables) as platform:
            desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
            for command in (["poll"], ["plan"], ["ledger"], ["explain", "late"]):
                called = desk.call(*command, now="2060-12-31 10:00")
                assert (called.code, called.err) == (0, ""), command

    def test_items_without_events_and_events_without_items(self, desk: Desk) -> None:
        rows = Rows()
        rows.item("alone")
        rows.add("XMSPSXBLXXXXB", SPSXSLBM="waiting", BLZT=3, BLSJ="2026-03-03")
        found = self.polled(desk, rows)
        assert set(found) == {"alone"}
        assert desk.call("explain", "alone").code == 0

    def test_very_many_events_of_one_item(self, desk: Desk) -> None:
        rows = Rows()
        pauses = [
            (code, f"2026-03-{day:02d} {hour:02d}:00:00")
            for day in range(1, 20)
            for hour in range(24)
            for code in (9, 10, 10, 7)
        ]
        rows.item("busy", (3, "2026-02-27 09:00:00"), *pauses)
        assert self.polled(desk, rows)["busy"]["accepted"] == "2026-02-27"
        assert desk.call("explain", "busy").code == 0
