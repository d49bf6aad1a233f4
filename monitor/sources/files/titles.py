"""What the lines above a header say of the sheet: as of when, whether its events are all, whether to read it. Pure."""

import re
import unicodedata
from collections.abc import Iterable

from monitor.sources.files import Row
from monitor.times import normal_time

ALL_EVENTS = "全部办理记录"
"""Words in a title that declare a list of events complete: what it does not name of an item does not exist."""

NO_RECORDS = "本表仅供查阅，导入时不读"
"""Words in a title of sheets that say nothing of the platform, though their headings would pass for a listing's."""

_SAYS = re.compile(
    r"(?:导出|统计|数据|查询|打印|制表|生成|截至|截止|更新)(?:时间|日期|时点)?(?:至|到|为|于)?\s*[::]?\s*(?P<rest>.{0,60})"
)
_MOMENT = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*T?\s*\d{1,2}\s*[:时点]\s*\d{1,2}\s*分?(?:\s*:?\s*\d{1,2}\s*秒?)?)?"
)


def as_of(rows: Iterable[Row]) -> str | None:
    """The moment (local text, or a date) that title lines give as 导出时间, 统计时间 or 截至; of a span its end."""
    for row in rows:
        for text in dict.fromkeys(cell for cell in row.cells if isinstance(cell, str)):
            plain = unicodedata.normalize("NFKC", text)
            for said in _SAYS.finditer(plain):
                moments = [normal_time(found.strip()) for found in _MOMENT.findall(said["rest"])]
                known = [moment for moment in moments if moment]
                if known:
                    return max(known[:2])
    return None


def tells_all_events(rows: Iterable[Row]) -> bool:
    """Whether a title line declares the sheet's events complete."""
    return any(ALL_EVENTS in cell for row in rows for cell in row.cells if isinstance(cell, str))


def holds_no_records(rows: Iterable[Row]) -> bool:
    """Whether one of the first lines declares that the sheet is not to be read."""
    return any(NO_RECORDS in cell for row in rows for cell in row.cells if isinstance(cell, str))
