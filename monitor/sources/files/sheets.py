"""A file's content as sheets of rows, whatever kind of file it is, and whatever its name says it is."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from monitor.sources.files import Cell, FileError, Row, Sheet, html, text
from monitor.sources.files.guard import MOST_CELLS, check_size, check_workbook

ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv", ".htm", ".html"})
"""Endings of files that are looked into; the content decides what they are."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST_EXACT = 2**53


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises FileError with a sentence when it cannot be read."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except PermissionError as error:
        raise FileError("没有读取权限，或正被别的程序占用。请关闭打开它的程序并核对权限。", passing=True) from error
    except FileNotFoundError as error:
        raise FileError("没有这个文件。请核对路径。") from error
    except IsADirectoryError as error:
        raise FileError(
            "这是一个目录。请给出其中的文件；要长期监看一个目录，在 monitor.toml 里配置 folder 来源。"
        ) from error
    except OSError as error:
        raise FileError(f"读取失败（{error.strerror or error}）。请检查磁盘或网络盘。", passing=True) from error


def sheets_of(content: bytes) -> tuple[list[Sheet], list[str]]:
    """The sheets of a file, and the names of hidden ones, which are not read. Raises FileError."""
    check_size(len(content))
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise FileError("文件是空的。请重新导出。", passing=True)
    if content.startswith(_ZIP):
        check_workbook(content)
        return _workbook(content)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileError("文件设有密码，不能读取。请取消密码后另存。")
        return _workbook(content)
    if html.is_html(content):
        return html.sheets_of(content), []
    if content.lstrip().startswith(b"<?xml"):
        raise FileError("文件是 XML 格式的旧式表格。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”。")
    return [text.sheet_of(content)], []


def _workbook(content: bytes) -> tuple[list[Sheet], list[str]]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            known = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
            shown = [one.name for one in known if one.visible is SheetVisibleEnum.Visible]
            hidden = [one.name for one in known if one.visible is not SheetVisibleEnum.Visible]
            return [Sheet(name, tuple(_rows(book.get_sheet_by_name(name)))) for name in shown], hidden
    except PasswordError as error:
        raise FileError("文件设有密码，不能读取。请取消密码后另存。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileError("文件已损坏或不是有效的工作簿。请用表格软件打开，另存后再导入。", passing=True) from error
    except BaseException as error:
        # The parser is a compiled one; what it did not foresee comes as an exception beside all others.
        if type(error).__name__ == "PanicException":
            raise FileError("文件已损坏或不是有效的工作簿。请用表格软件打开，另存后再导入。") from error
        raise


def _rows(sheet: Any) -> Iterator[Row]:
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise FileError(f"工作表“{sheet.name}”的范围过大。请删去数据之外的空行空列，另存后再导入。")
    rows = [[_cell(value) for value in given] for given in sheet.iter_rows()]
    _fill(rows, sheet.merged_cell_ranges or ())
    for number, cells in enumerate(rows, start=1):
        if any(cell is not None for cell in cells):
            yield Row(number, tuple(cells))


def _fill(rows: list[list[Cell]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Writes the value of a merged range into each of its cells, as far as the sheet's rows go."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
            continue
        for row in rows[top : bottom + 1]:
            end = min(right + 1, len(row))
            row[left:end] = [rows[top][left] if cell is None else cell for cell in row[left:end]]
            filled += end - left
        if filled > MOST_CELLS:
            raise FileError("工作表里合并的单元格过多，不予读取。请取消合并，另存后再导入。")


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return int(value)
    return value  # type: ignore[no-any-return]
