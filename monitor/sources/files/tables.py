"""One row of an exported table of the platform's: events, special procedures, documents, matters, projects. Pure."""

from typing import Any

from monitor.events import TITLES
from monitor.mapping import Mapper
from monitor.sources.files import Row
from monitor.sources.files.cells import Cells, RefusedRow
from monitor.sources.files.header import TABLE_OF, Header
from monitor.sources.files.lines import Line, Stated, is_note, is_total

_KEY = {"events": "SPSXSLBM", "specials": "SPSXSLBM", "documents": "SPSXSLBM", "matters": "SPSXBM", "projects": "GCDM"}
_TIMES = ("BLSJ", "TBCXKSSJ", "PFRQ")
_WORDS = ("TBCX", "SJYXBS")
_STAMPED = ("GXSJ", "SJYXBS")


def read(sheet: str, row: Row, header: Header, mapper: Mapper) -> Line:
    """What a row of such a table says. An event without an update time is a statement, to be compared with others."""
    cells = Cells(header, row, mapper)
    if header.repeats(row):
        return Line(sheet, row.number, "title")
    if is_total(row.cells) and not any(cells.moment(cells.raw(column)) for column in _TIMES):
        return Line(sheet, row.number, "total")
    try:
        key = _key(cells, header)
        if not key and is_note(row.cells):
            return Line(sheet, row.number, "title")
        if not key:
            raise cells.refusal(_KEY[header.kind], "缺少编号", "请补上编号；多余的行请删去")
        return _event(sheet, row, key, cells) if header.kind == "events" else _plain(sheet, row, key, header, cells)
    except RefusedRow as refused:
        return Line(sheet, row.number, "aside", TABLE_OF[header.kind], problems=(refused.problem,), given=cells.given())


def _key(cells: Cells, header: Header) -> str:
    key = cells.key(_KEY[header.kind])
    return key or cells.key("XMDM") if header.kind == "projects" else key


def _event(sheet: str, row: Row, item: str, cells: Cells) -> Line:
    code, time = cells.coded("BLZT", cells.raw("BLZT")), cells.time("BLSJ")
    if not isinstance(code, int) or code not in TITLES:
        raise cells.refusal(
            "BLZT", "不认识的办理状态", "请对照办理状态表，或在 monitor.toml 该来源的 words.BLZT 里写明"
        )
    if time is None:
        raise cells.refusal("BLSJ", "缺少办理时间", "请补上时间")
    more = {name: cells.cell(name) for name in ("BLCS", "BLR", "LSH") if cells.raw(name) is not None}
    if any(cells.raw(name) is not None for name in _STAMPED):
        row_of_table = {"SPSXSLBM": item, "BLZT": code, "BLSJ": time, **more, **_stamps(cells)}
        return Line(sheet, row.number, "taken", item=item, rows=(("XMSPSXBLXXXXB", row_of_table),))
    return Line(sheet, row.number, "taken", item=item, exact=(Stated(code, time, frozenset({code}), more=more),))


def _plain(sheet: str, row: Row, key: str, header: Header, cells: Cells) -> Line:
    said: dict[str, Any] = {}
    for column in header.columns:
        if column in _TIMES:
            said[column] = cells.time(column)
        elif column in _WORDS:
            said[column] = cells.coded(column, cells.raw(column))
        elif column not in ("LSH", "GXSJ"):
            said[column] = cells.text(column)
    said = {**said, _KEY[header.kind]: key, **_stamps(cells)}
    if header.kind == "matters" and "SXBLSX" in said:
        said.setdefault("SPSXBLSX", said.pop("SXBLSX"))
    item = key if _KEY[header.kind] == "SPSXSLBM" else ""
    return Line(sheet, row.number, "taken", TABLE_OF[header.kind], item, ((TABLE_OF[header.kind], said),))


def _stamps(cells: Cells) -> dict[str, Any]:
    found = {name: cells.raw(name) for name in ("LSH", "GXSJ") if cells.raw(name) is not None}
    if "GXSJ" in found:
        found["GXSJ"] = cells.moment(found["GXSJ"]) or found["GXSJ"]
    if cells.raw("SJYXBS") is not None:
        found["SJYXBS"] = cells.coded("SJYXBS", cells.raw("SJYXBS"))
    return found
