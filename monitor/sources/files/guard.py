"""What a workbook file may be: looked at before a parser takes memory for it."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from monitor.sources.files import FileError

LARGEST_FILE = 64 * 2**20
LARGEST_UNPACKED = 512 * 2**20
MOST_CELLS = 10_000_000
"""Rows × columns of one sheet: parsers keep a sheet as a full rectangle, however few of its cells are filled."""

_PIECE = 2**20
_OVERLAP = 64
_PLACE_COLUMN = re.compile(rb"\br=[\"']([A-Z]{1,3})[0-9]")
_PLACE_ROW = re.compile(rb"\br=[\"'][A-Z]{0,3}([0-9]{1,7})\b")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def check_size(size: int) -> None:
    """Raises FileError for a file that is too large to be a listing."""
    if size > LARGEST_FILE:
        raise FileError(
            f"文件有 {size // 2**20} MB，超过 {LARGEST_FILE // 2**20} MB 的上限。请按月份或单位分成几个文件。"
        )


def check_workbook(content: bytes) -> None:
    """Raises FileError for a ZIP file that is damaged, encrypted, no workbook, or larger inside than it may be."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_members(archive)
            for info in archive.infolist():
                _check_member(archive, info)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        # zlib.error is none of these by name, but zipfile passes on its own kinds only for the directory.
        raise _damaged() from error
    except Exception as error:
        if isinstance(error, FileError):
            raise
        raise _damaged() from error


def _damaged() -> FileError:
    return FileError("文件已损坏或没有复制完整，不能打开。请重新导出或重新复制。", passing=True)


def _check_members(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    names = {info.filename.lower() for info in infos}
    if any(info.flag_bits & 1 for info in infos):
        raise FileError("文件设有密码，不能读取。请取消密码后另存。")
    if "xl/workbook.xml" not in names:
        raise FileError("文件不是 Excel 工作簿（.xlsx）。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”或 CSV。")
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise FileError(f"文件解压后超过 {LARGEST_UNPACKED // 2**20} MB，不予读取。请确认文件来源，或分成几个文件。")


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Unpacks a member once, piece by piece: what it declares of its size is only then known to be true."""
    rows, columns, before = 0, 0, b""
    is_sheet = _SHEET.fullmatch(info.filename) is not None
    for piece in _pieces(archive, info):
        if is_sheet:
            text = before + piece
            rows = max([rows, *map(int, set(_PLACE_ROW.findall(text)))])
            columns = max([columns, *map(_column, set(_PLACE_COLUMN.findall(text)))])
            before = piece[-_OVERLAP:]
    if rows * columns > MOST_CELLS:
        raise FileError(
            f"工作表的范围到了第 {rows} 行、第 {columns} 列，过大。请删去数据之外的空行空列，另存后再导入。"
        )


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as member:
        while piece := member.read(_PIECE):
            yield piece


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
