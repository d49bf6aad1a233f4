"""Whatever a file is called and however it is written: the same cells come out of it, or a sentence."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from monitor.sources.files import FileError, Row
from monitor.sources.files.guard import check_workbook
from monitor.sources.files.sheets import content_of, sheets_of
from tests.files.office import workbook

TABLE = "办件编号,受理时间\r\nA-1,2026-03-03\r\n"
CELLS = [("办件编号", "受理时间"), ("A-1", "2026-03-03")]


def cells(content: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet."""
    return [row.cells for row in sheets_of(content)[0][0].rows]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TABLE.encode(), id="UTF-8"),
        pytest.param(TABLE.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(TABLE.encode("gb18030"), id="GB18030"),
        pytest.param(b"\xff\xfe" + TABLE.encode("utf-16-le"), id="UTF-16 with a mark"),
        pytest.param(TABLE.replace(",", "\t").encode(), id="separated by tabs"),
        pytest.param(TABLE.replace(",", ";").encode(), id="separated by semicolons"),
        pytest.param(TABLE.replace("\r\n", "\n").encode(), id="lines of Unix"),
        pytest.param(TABLE.replace("\r\n", "\r").encode(), id="lines of an old Macintosh"),
        pytest.param(TABLE.replace("\r\n", "\r\n\r\n,\r\n").encode(), id="empty lines between"),
    ],
)
def test_a_text_file_is_read_however_it_is_written(content: bytes) -> None:
    assert cells(content) == CELLS


def test_the_row_number_is_that_of_the_spreadsheet() -> None:
    (sheet,), _ = sheets_of(b'a,b\r\n\r\n\r\nc,"d\r\nd"\r\ne,f\r\n')
    assert sheet.rows == (Row(1, ("a", "b")), Row(4, ("c", "d\r\nd")), Row(5, ("e", "f")))


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    lines = "".join(f"A-{n},x\r\n" for n in range(100))
    found = cells(f'a,b\r\n"A-x,x\r\n{lines}'.encode())
    assert len(found) == 102
    assert found[1] == ('"A-x', "x")


def test_a_broken_byte_does_not_change_the_encoding() -> None:
    assert cells(TABLE.encode().replace(b"A-1", b"A-\xff"))[1][0] == "A-\ufffd"
    assert cells(TABLE.encode()[:-3] + "末".encode()[:2])[0] == CELLS[0]


def test_the_guard_against_formulas_is_taken_off() -> None:
    assert cells(b"'=1+1,''x,'plain,'\r\n") == [("=1+1", "'x", "'plain", "'")]


def test_numbers_of_a_workbook_are_whole_where_they_can_be(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", ("a", [["编号", 2760925, 46085.5, True, ""]]))
    assert cells(path.read_bytes()) == [("编号", 2760925, 46085.5, True)]


def test_merged_cells_stand_in_each_of_their_cells(tmp_path: Path) -> None:
    rows = [["标题", "", ""], ["a", "b", "c"], ["x", 1, 2], ["", 3, 4]]
    path = workbook(tmp_path / "x.xlsx", ("a", rows), merged=[(0, 0, 0, 2), (2, 0, 3, 0)])
    assert cells(path.read_bytes()) == [("标题",) * 3, ("a", "b", "c"), ("x", 1, 2), ("x", 3, 4)]


def test_a_hidden_sheet_is_named_and_not_read(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as book:
        book.add_worksheet("看").write(0, 0, "a")
        book.add_worksheet("藏").hide()
    sheets, hidden = sheets_of((tmp_path / "x.xlsx").read_bytes())
    assert ([sheet.name for sheet in sheets], hidden) == (["看"], ["藏"])


PAGE = """<html><head><meta charset="{charset}"><style>td {{}}</style></head><body><table><tr><td>菜单</td></tr></table>
<table><tr><th colspan=2>清单</th></tr><tr><th>办件编号</th><th>受理时间</th></tr>
<tr><td rowspan=2>A-1</td><td>2026-03-03&nbsp;</td></tr><tr><td><b>2026-</b>03-04<br></td></tr></table>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_page_that_is_called_a_workbook_is_read_as_its_table(charset: str) -> None:
    content = PAGE.format(charset=charset).encode("gb18030" if charset == "gb2312" else charset)
    expected = [("清单", "清单"), ("办件编号", "受理时间"), ("A-1", "2026-03-03"), ("A-1", "2026-03-04")]
    assert cells(content) == expected


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def _declaring(content: bytes, size: int) -> bytes:
    """The archive, its last member declaring another size unpacked."""
    place = content.rindex(b"PK\x01\x02") + 24
    return content[:place] + size.to_bytes(4, "little") + content[place + 4 :]


FAR = b'<sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData>'
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "空的", id="empty"),
        pytest.param(b"\xef\xbb\xbf\r\n", "空的", id="a mark and nothing else"),
        pytest.param(b"PK\x03\x04 cut", "没有复制完整", id="a workbook cut short"),
        pytest.param(_zip(word__document_xml=b"x"), "不是 Excel 工作簿", id="a document"),
        pytest.param(_zip(xl__workbook_xml=b"x"), "不是有效的工作簿", id="a workbook with nonsense in it"),
        pytest.param(_declaring(_zip(xl__workbook_xml=b"x"), 2**29 + 1), "解压后超过", id="a ZIP bomb"),
        pytest.param(_zip(xl__workbook_xml=b"x", xl__worksheets__sheet1_xml=FAR), "过大", id="a cell very far out"),
        pytest.param(ENCRYPTED, "密码", id="encrypted"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不是有效的工作簿", id="a broken XLS"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0", "不是表格", id="a picture"),
        pytest.param(b"<html><body>please log in</body></html>", "登录页", id="a login page"),
        pytest.param(b'<?xml version="1.0"?><Workbook/>', "另存为", id="a spreadsheet in XML"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        sheets_of(content)


def test_a_member_that_lies_about_its_size_is_found() -> None:
    with pytest.raises(FileError, match="损坏"):
        check_workbook(_declaring(_zip(xl__workbook_xml=b"x" * 5000), 10))


def test_a_place_where_there_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="没有这个文件"):
        content_of(tmp_path / "none.xlsx")
    with pytest.raises(FileError, match="目录"):
        content_of(tmp_path)
