"""The words people read: dates, days, lights and line 1 of every mail. Pure; shared by mail, report and workbook."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from alerts.hours import local

SYSTEM = "审批时限监测"
FOOTER = (
    f"本邮件由{SYSTEM}系统自动发送。",
    "日期如有误，请直接回复本邮件，写明办件编号、正确的日期和依据，我们核对后更正。",
    "需要了解到期日逐日计算过程的，也请直接回复索取。",
)
NOTHING = "—"

LIGHTS = {
    "green": "绿灯",
    "yellow": "黄灯",
    "orange": "橙灯",
    "red": "红灯",
    "deep_red": "红牌",
    "grey": "灰灯",
}
UNITS_OF_TIME = {"working_day": "个工作日", "natural_day": "个自然日", "hour": "小时"}
WEEKDAYS = "一二三四五六日"

# Controls break headers and XML, direction marks turn the text after them round, half a surrogate pair has no encoding.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")
_SPACES = re.compile(r"\s{2,}")


def clean(text: str | None, longest: int = 500) -> str:
    """``text`` on one line, without what no mail or workbook can carry, cut to ``longest`` characters with "…".

    Nothing left, or nothing given, is "—".
    """
    line = _SPACES.sub(" ", _UNFIT.sub(" ", text or "")).strip()
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return line or NOTHING


def moment(iso: str) -> datetime:
    """The local moment of an ISO moment with zone."""
    return local(datetime.fromisoformat(iso))


def long_date(day: date) -> str:
    """2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def due_date(day: date | None) -> str:
    """2026年11月23日 周一; "—" without a date."""
    return f"{long_date(day)} 周{WEEKDAYS[day.weekday()]}" if day else NOTHING


def long_moment(iso: str) -> str:
    """2026年11月23日 09:00, local time."""
    here = moment(iso)
    return f"{long_date(here)} {here:%H:%M}"


def amount(number: float, unit: str) -> str:
    """3 个工作日."""
    return f"{number} {UNITS_OF_TIME[unit]}"


def overdue_by(number: int, unit: str) -> str:
    """逾期 3 个工作日; an item overdue since the last working day is overdue by less than one."""
    return f"逾期 {amount(number, unit)}" if number > 0 else f"逾期不足 {amount(1, unit)}"


def percent(share: float | None) -> str:
    """21.7%, as ``rounded`` has it; "—" where there is nothing to divide by."""
    return NOTHING if share is None else f"{rounded(share) * 100:.1f}%"


def rounded(share: float) -> float:
    """``share`` to a tenth of a percent, half up, as a spreadsheet rounds."""
    return float(Decimal(repr(share)).quantize(Decimal("0.001"), ROUND_HALF_UP))


def data_line(as_of: str | None) -> str:
    """Line 1 of every mail: the moment (local) the data is of."""
    return f"数据截至 {long_moment(as_of)}" if as_of else "数据截至 —（尚未从平台取得数据）"


def stale_warning(as_of: str | None, stale: bool, made_at: str) -> str | None:
    """The plain warning that follows line 1 while the data is old, None while it is not."""
    if not stale:
        return None
    if as_of is None:
        return "请注意：系统尚未从平台取得过数据，以下内容可能与实际不符，请以平台记录为准。"
    hours = int((moment(made_at) - moment(as_of)).total_seconds() // 3600)
    since = f"已有 {hours} 小时" if hours else "此后"
    return f"请注意：{since}未能从平台取得新数据，以下内容可能落后于实际，请以平台记录为准。"
