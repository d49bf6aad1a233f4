"""What became of a warning: one word for how it stands, since when and by whom. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerts.hours import local
from alerts.wording import clean, long_date

ENDED = {
    "acceptance": "已答复受理",
    "review": "已开始办理",
    "delivery": "已送达",
}
"""What the end of a clock is called; of the others it is 已办结."""
CLOSED, ANSWERED, UNANSWERED, SEEN, AWAITED = "已办结", "已答复", "未答复", "已签收", "待答复"
HELD, PAUSED, NOT_DUE, OPEN, GONE = "暂停督促", "计时暂停", "未到期", "未办结", "记录已失效"
WORDS = (CLOSED, *ENDED.values(), ANSWERED, UNANSWERED, SEEN, AWAITED, HELD, PAUSED, NOT_DUE, OPEN, GONE)
"""Every word for how a warning stands."""
LONGEST_ANSWER = 60


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning as it was sent: a line of the mails of one round.

    ``key``: of the notice; ``at``: when the first of its mails left (UTC); ``due``, ``remaining``: as they were then;
    ``sent``: sent, unknown or kept; ``reference``: of the letter that went with it.
    """

    key: str
    at: datetime
    item: str
    clock: str
    level: str
    unit: str | None
    unit_name: str
    matter: str
    project: str
    why: str
    due: date | None
    remaining: int | None
    answer_by: date | None = None
    to: tuple[str, ...] = ()
    sent: str = "sent"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the clock of a warning stands now. ``ended_on``: local date; None while it runs."""

    unit: str | None
    unit_name: str
    due: date | None
    ended_on: date | None = None
    paused: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a unit answered about an item. ``kind``: receipt or explanation; ``at``: UTC."""

    kind: str
    unit: str | None
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A hold that is in force."""

    at: datetime
    by: str
    until: date
    why: str


@dataclass(frozen=True, slots=True)
class Handling:
    """How a warning stands: one of ``WORDS``, since when (local date) and by whom, and what is to be known besides."""

    state: str
    on: date | None = None
    by: str = ""
    remarks: tuple[str, ...] = ()


def handled(
    warned: Warned, now: Standing | None, replies: Sequence[Reply], held: Silence | None, today: date
) -> Handling:
    """What became of ``warned`` by ``today`` (local).

    1. What ended is done, whatever was said before.
    2. A silence of the supervisor and a stopped clock come before answers: nobody waits for one.
    3. An explanation given since is an answer; without one, what matters is whether its date is past.
    4. Else the clock itself: not due yet, or open.
    """
    mine = [one for one in replies if one.at >= warned.at and one.unit in (None, warned.unit)]
    told = next((one for one in sorted(mine, key=lambda one: one.at) if one.kind == "explanation"), None)
    seen = next((one for one in sorted(mine, key=lambda one: one.at) if one.kind == "receipt"), None)
    remarks = _remarks(warned, now, told)
    if now is None:
        return Handling(GONE, remarks=remarks)
    if now.ended_on is not None:
        return Handling(ENDED.get(warned.clock, CLOSED), now.ended_on, now.unit_name, remarks)
    if held is not None:
        why = f"暂停至{long_date(held.until)}：{clean(held.why, LONGEST_ANSWER)}"
        return Handling(HELD, local(held.at).date(), held.by, (why, *remarks))
    if now.paused:
        return Handling(PAUSED, remarks=remarks)
    if told is not None:
        return Handling(ANSWERED, local(told.at).date(), told.by, remarks)
    if warned.answer_by is not None and warned.answer_by < today:
        return Handling(UNANSWERED, remarks=(f"应于{long_date(warned.answer_by)}前答复", *remarks))
    if seen is not None:
        return Handling(SEEN, local(seen.at).date(), seen.by, remarks)
    if warned.answer_by is not None:
        return Handling(AWAITED, remarks=(f"请于{long_date(warned.answer_by)}前答复", *remarks))
    return Handling(OPEN if now.overdue else NOT_DUE, remarks=remarks)


def _remarks(warned: Warned, now: Standing | None, told: Reply | None) -> tuple[str, ...]:
    found = [warned.reference] if warned.reference else []
    if warned.sent == "kept":
        found.append("没有开启发信，存为文件")
    elif warned.sent == "unknown":
        found.append("发送结果不明")
    if told is not None and told.text.strip():
        found.append(f"答复：{clean(told.text, LONGEST_ANSWER)}")
    if now is not None and now.due != warned.due and now.due is not None and now.ended_on is None:
        found.append(f"到期日已变为{long_date(now.due)}")
    if now is not None and now.unit != warned.unit:
        found.append(f"现由{clean(now.unit_name, 40)}承办")
    return tuple(found)
