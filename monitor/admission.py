"""Whether what staff want to put on record can be, and in which words the ledger keeps it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alerts.hours import at
from config.matters import LONGEST_LIMIT
from config.nearest import nearest_unit
from config.problems import shown
from config.units import UnitDirectory
from monitor.clocks import HOUR, NATURAL_DAY, WORKING_DAY, Limit
from monitor.corrections import (
    ACCEPTED,
    CLOSED,
    DATES,
    EXTENSION,
    LIMIT,
    MOST_DAYS,
    MOST_JOINT_DAYS,
    RECEIVED,
    STATUTORY,
    TITLES,
    UNIT,
    Extension,
    When,
    extensions,
    parsed,
    text_of,
)
from monitor.events import local_date
from monitor.judge import Judged
from monitor.records import FIRST_YEAR
from monitor.side_by_side import LIMITS, origin, values_of, words
from monitor.times import normal_time
from monitor.workdays import ONE_DAY

NAMES: Mapping[str, str] = {name: name for name in TITLES if name != EXTENSION} | {
    "审批单位": UNIT, "单位": UNIT, "承诺时限": LIMIT, "办理时限": LIMIT, "时限": LIMIT, "法定时限": STATUTORY,
    "接件日期": RECEIVED, "接件": RECEIVED, "受理日期": ACCEPTED, "受理": ACCEPTED, "办结日期": CLOSED, "办结": CLOSED,
}  # fmt: skip
"""What a field may be called → the field."""
UNIT_WORDS = {"工作日": WORKING_DAY, "自然日": NATURAL_DAY, "日历日": NATURAL_DAY, "小时": HOUR}
LONGEST_TEXT = 200
LATE = "批准时期限已届满"

_LIMIT = re.compile(r"(\d{1,5})\s*个?\s*(工作日|自然日|日历日|小时|天|日)?")
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


class RefusedError(ValueError):
    """It cannot be put on record; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Paper:
    """On whose word something is put on record, why, and the number of the document."""

    by: str
    why: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put on record: a field's new value, what the platform says of it, and what to be careful about."""

    field: str
    value: str
    was: str | None = None
    warnings: tuple[str, ...] = ()


def paper(by: str, why: str, document: str | None) -> Paper:
    """The words as they are kept. Raises RefusedError: empty, overlong, or with somebody's telephone or identity."""
    return Paper(_text(by, "--by"), _text(why, "--why"), _text(document, "--document") if document else None)


def _text(given: str, option: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", given).split())
    if not text:
        raise RefusedError(f"{option} 是空的：请写明{'批准或经办的人' if option == '--by' else '内容'}。")
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise RefusedError(f"{option} 的内容过长（最多 {LONGEST_TEXT} 字）或含有不能显示的字符。")
    if is_personal(text):
        raise RefusedError(f"{option} 里像是有手机号或身份证号：台账不保存个人信息，请去掉后再记录。")
    return text


def is_personal(text: str) -> bool:
    """Whether there seems to be somebody's telephone or identity number in ``text``."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", text)) is not None


def corrections(given: Sequence[str], judged: Judged) -> list[Wish]:
    """The corrections that ``given`` ("field=value" each) means for an item. Raises RefusedError."""
    if not given:
        raise RefusedError(f"没有写要更正什么。可以更正：{_fields()}，如 accepted=2026-03-03。")
    wishes: dict[str, Wish] = {}
    platform = values_of(judged.platform or judged)
    for one in given:
        name, value = _pair(one)
        if name in wishes:
            raise RefusedError(f"{TITLES[name]}写了两次，不知道以哪个为准。")
        text = _READERS[name](value.strip(), name, judged)
        _new(name, text, platform[name], judged)
        wishes[name] = Wish(name, text, platform[name])
    _in_order(wishes, judged)
    return list(wishes.values())


def _pair(given: str) -> tuple[str, str]:
    name, sign, value = given.replace("＝", "=").partition("=")
    found = NAMES.get(name.strip())
    if not sign or found is None:
        raise RefusedError(
            f"“{shown(given)}”不能识别。应写成 项=值，如 accepted=2026-03-03；可以更正的项：{_fields()}。"
        )
    return found, value


def _fields() -> str:
    return "、".join(f"{name}（{title}）" for name, title in TITLES.items() if name != EXTENSION)


def _unit(given: str, _field: str, judged: Judged) -> str:
    units: UnitDirectory = judged.standards.units
    if (found := units.match(given, given, local_date(judged.now))) is not None:
        return found
    near = nearest_unit(units, given)
    advice = f"是否想写 {near.id}（{near.name}）？" if near else ""
    raise RefusedError(f"没有“{shown(given)}”这个单位。{advice}全部单位用 approval-monitor units 查看。")


def _limit(given: str, name: str, judged: Judged) -> str:
    found = _LIMIT.fullmatch(unicodedata.normalize("NFKC", given))
    if found is None:
        raise RefusedError(f"{TITLES[name]}“{shown(given)}”不能识别。应写成 20、20工作日、30自然日或 48小时。")
    if found[2] in ("天", "日"):
        raise RefusedError(
            f"{TITLES[name]}“{shown(given)}”没有说明是哪种天。请写明 {found[1]}工作日 或 {found[1]}自然日。"
        )
    amount = int(found[1])
    if not (name == STATUTORY) <= amount <= LONGEST_LIMIT:
        raise RefusedError(f"{TITLES[name]} {amount} 不在 {int(name == STATUTORY)}—{LONGEST_LIMIT} 之间。")
    present = judged.clocks.promised.limit or judged.clocks.statutory.limit
    unit = UNIT_WORDS[found[2]] if found[2] else present.unit if present else WORKING_DAY
    return str(text_of(Limit(amount, unit)))


def _when(given: str, name: str, judged: Judged) -> str:
    found = day_of(given, TITLES[name], judged.now)
    if found.clock is not None and found.moment > judged.now:
        raise RefusedError(f"{TITLES[name]} {given} 还没有到，不能先记录。")
    return str(found)


def day_of(given: str, title: str, now: datetime) -> When:
    """A local date, perhaps with a time of day, not later than ``now`` (UTC). Raises RefusedError."""
    text = normal_time(given)
    if text is None:
        raise RefusedError(f"{title}“{shown(given)}”不是日期。应写成 2026-03-03，需要时带上时刻：2026-03-03 14:30。")
    day = date.fromisoformat(text[:10])
    if day > local_date(now):
        raise RefusedError(f"{title} {day} 还没有到，不能先记录。")
    if day.year <= FIRST_YEAR:
        raise RefusedError(f"{title} {day} 太早，台账只有 {FIRST_YEAR + 1} 年以后的记录。")
    return When(day, time.fromisoformat(text[11:16]) if len(text) > 10 else None)


_READERS: Mapping[str, Callable[[str, str, Judged], str]] = {
    UNIT: _unit,
    **dict.fromkeys(LIMITS, _limit),
    **dict.fromkeys(DATES, _when),
}


def _new(name: str, text: str, platform: str | None, judged: Judged) -> None:
    """What says nothing new is not put on record."""
    in_force = [one for one in judged.facts.corrections if one.field == name]
    said = words(name, text, judged.standards.known_name)
    if in_force and in_force[-1].value == text and in_force[-1].was == platform:
        raise RefusedError(f"{TITLES[name]}已按更正 #{in_force[-1].id} 为 {said}，不用再记录。")
    if text == platform:
        undo = f"要取消更正，请运行 approval-monitor withdraw {in_force[-1].id}。" if in_force else "不用更正。"
        raise RefusedError(f"{TITLES[name]}的{origin(name)}值就是 {said}，{undo}")


def _in_order(wishes: Mapping[str, Wish], judged: Judged) -> None:
    marks = judged.clocks.milestones
    days = {
        RECEIVED: marks.received.day if marks.received else None,
        ACCEPTED: marks.accepted.day if marks.accepted else None,
        CLOSED: marks.closed.day if marks.closed else None,
    }
    for name, wish in wishes.items():
        value = parsed(name, wish.value)
        if isinstance(value, When):
            days[name] = value.day
    for earlier, later in ((RECEIVED, ACCEPTED), (ACCEPTED, CLOSED), (RECEIVED, CLOSED)):
        first, last = days[earlier], days[later]
        if first and last and last < first and {earlier, later} & set(wishes):
            raise RefusedError(
                f"{TITLES[later]} {last} 早于{TITLES[earlier]} {first}。"
                f"请核对；两个日期都不对时，请在一条命令里一起更正。"
            )


def extension(
    days: int, on: date, *, joint: bool, force: bool, judged: Judged, judge_at: Callable[[datetime], Judged]
) -> Wish:
    """An extension of ``days`` approved on the local date ``on`` (行政许可法 42). Raises RefusedError.

    1. Up to 10 days in all, up to 15 where the item is handled jointly.
    2. It was approved between acceptance and the day the limit ran out; later only by ``force``, which is told.

    ``judge_at``: the item judged at a moment (UTC), by what is known now.
    """
    _within_bounds(days, joint, judged)
    today = local_date(judged.now)
    if on > today:
        raise RefusedError(f"批准日期 {on} 还没有到，不能先记录。")
    clock = judged.clocks.promised if judged.clocks.promised.limit else judged.clocks.statutory
    if clock.limit is None:
        raise RefusedError("本件没有办理时限，无从延长。请先用 approval-monitor correct 更正承诺时限（limit=…）。")
    if clock.start is None:
        raise RefusedError("本件尚未受理，办理时限还没有起算，没有可以延长的期限。")
    if on < (began := local_date(clock.start)):
        raise RefusedError(f"批准日期 {on} 早于起算日期 {began}，请核对 --on。")
    then = judged if on == today else judge_at(at(on + ONE_DAY, time()) - timedelta.resolution)
    late = _too_late(then, on)
    if late and not force:
        raise RefusedError(
            f"{late}：行政许可法第四十二条的延长应在期限届满之前批准。批准日期不是 {on} 时请用 --on 写明；"
            "确实要按此记录，请加 --force，台账会注明。"
        )
    return Wish(EXTENSION, str(Extension(days, on, joint)), warnings=(f"{late}，已按 --force 记录。",) if late else ())


def _within_bounds(days: int, joint: bool, judged: Judged) -> None:
    before = extensions(judged.facts.corrections)
    total = days + sum(one.days for one in before)
    sum_words = f"，连同已延长的 {total - days} 天共 {total} 天" if before else ""
    if days < 1:
        raise RefusedError("--days 应为正整数：要取消延长，请用 approval-monitor withdraw。")
    if total > MOST_JOINT_DAYS:
        raise RefusedError(
            f"不能延长 {days} 天{sum_words}：行政许可法第四十二条最多延长 {MOST_DAYS} 天，"
            f"联合办理 {MOST_JOINT_DAYS} 天。"
        )
    if total > MOST_DAYS and not (joint or any(one.joint for one in before)):
        raise RefusedError(
            f"延长 {days} 天{sum_words}，超过 {MOST_DAYS} 天：只有统一办理、联合办理或集中办理的可以延长到 "
            f"{MOST_JOINT_DAYS} 天（行政许可法第四十二条）。属于这种情况请加 --joint。"
        )


def _too_late(then: Judged, on: date) -> str | None:
    """Why an approval on ``on`` came too late, judged at its end; None if it did not."""
    clock = then.clocks.promised if then.clocks.promised.limit else then.clocks.statutory
    if then.closed_on is not None and then.closed_on < on:
        return f"本件 {then.closed_on} 已办结，{on} 的批准在办结之后"
    if clock.due is not None and on > clock.due:
        return f"期限 {clock.due} 已届满，{on} 的批准在届满之后"
    return None
