"""Short ways to say what happened to an item, so that a table of cases reads like the rules.

A *story* is written as ``"1@03-02 6@03-04T09:00 7@03-11"``: status code, at, local date (of 2026 unless a year is
given), and a time of day where it matters. Later events of a story get higher serial numbers.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from operator import attrgetter
from typing import Any

from config.matters import Matter
from config.policy import Limits as OwnLimits
from config.policy import Policy
from config.units import Unit, UnitDirectory
from monitor.clocks import WORKING_DAY, Clocks, Limit, Limits, Rules, Thresholds, compute
from monitor.events import Event, Version, settle_versions
from monitor.judge import Facts, Judged, Standards, judge
from monitor.workdays import Workdays

BEIJING = timezone(timedelta(hours=8))
CALENDAR = Workdays()
THRESHOLDS = Thresholds(due_soon=3, deep_red_after=5)
UNITS = UnitDirectory(
    [
        Unit(id="110116SWJ", name="区水务局", full_name="北京市怀柔区水务局"),
        Unit(id="110116GDB", name="区国动办", full_name="北京市怀柔区国防动员办公室"),
    ]
)
MATTERS = {
    matter.code: matter
    for matter in (
        Matter(code="plain", name="水土保持方案审批", statutory=20),
        Matter(
            code="natural",
            name="按自然日计的事项",
            unit_of_limit="natural_day",
            platform_unit="natural_day",
            statutory=20,
        ),
        Matter(code="hours", name="企业诉求", unit_of_limit="hour", platform_unit="hour", promised=48, statutory=72),
        Matter(code="mixed", name="平台按工作日、法定按自然日", unit_of_limit="natural_day", promised=30, statutory=60),
        Matter(code="fallback", name="只在配置里有时限的事项", promised=7),
    )
}


def day(text: str) -> date:
    """A date; ``"03-02"`` is one of 2026."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def moment(text: str) -> datetime:
    """The UTC moment of a local date and, after a T, a time of day; without one it is midnight."""
    at, _, clock = text.partition("T")
    return datetime.fromisoformat(f"{day(at)}T{clock or '00:00'}").replace(tzinfo=BEIJING).astimezone(UTC)


def story(text: str) -> list[Version]:
    """The versions of the events of a story, all valid, in the order they are written."""
    versions = []
    for serial, word in enumerate(text.split(), start=1):
        code, _, at = word.partition("@")
        versions.append(Version(int(code), moment(at), "2026-01-01 00:00:00", serial, True))
    return versions


def events(text: str) -> list[Event]:
    """The events of a story, in order."""
    return settle_versions(story(text))


def limits(promised: int | None = 5, unit: str = WORKING_DAY, statutory: int | None = None, **own: int) -> Limits:
    """Limits in ``unit``; ``own`` are those of acceptance, review, delivery and the extension, in working days."""
    return Limits(
        None if promised is None else Limit(promised, unit),
        None if statutory is None else Limit(statutory, unit),
        **own,
    )


def rules(now: str, workdays: Workdays = CALENDAR) -> Rules:
    """The rules at a local time."""
    return Rules(workdays, THRESHOLDS, moment(now))


def clocks(happened: str | Iterable[Version], now: str, given: Limits | None = None, **more: Any) -> Clocks:
    """The clocks of an item of which ``happened`` is known, at the local time ``now``; limit 5 unless ``given``."""
    versions = story(happened) if isinstance(happened, str) else happened
    return compute(versions, given or limits(), rules(now), **more)


def standards(documents_since: str | None = None, **changes: Any) -> Standards:
    """What items are judged by: the default policy with ``changes``, two units, four matters."""
    since = day(documents_since) if documents_since else None
    return Standards(Policy(**changes), UNITS, MATTERS, CALENDAR, documents_since=since)


def own_limits(**changes: int) -> OwnLimits:
    """The office's own limits, the defaults less ``changes``."""
    return OwnLimits(**changes)


def facts(**changes: Any) -> Facts:
    """An ordinary item of a known unit with a good project code and a limit of 5 working days."""
    known: dict[str, Any] = {
        "item": "HRM1-1",
        "works": "2106-440100-04-01-237448",
        "matter": "plain",
        "unit_code": "110116SWJ",
        "unit_name": "区水务局",
        "limit_days": 5,
        "limit_given": "5",
        "project_code": "2106-440100-04-01-237448",
        "project": "北房镇河道治理工程",
        "matter_name": "水土保持方案审批",
        "matter_kind": 2,
    }
    return Facts(**known | changes)


def judged(happened: str | Iterable[Version], now: str, by: Standards | None = None, **changes: Any) -> Judged:
    """An ordinary item, less ``changes``, judged at the local time ``now``."""
    versions = story(happened) if isinstance(happened, str) else happened
    return judge(facts(**changes), versions, by or standards(), moment(now))


def shown(thing: object, path: str) -> object:
    """An attribute by its dotted path, as a table writes it: events as ``code@date``, moments local, dates ISO."""
    value = attrgetter(path)(thing)
    if isinstance(value, Event):
        return f"{int(value.code)}@{value.day}"
    if isinstance(value, datetime):
        return f"{value.astimezone(BEIJING):%Y-%m-%dT%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def seen(thing: object, expected: dict[str, object]) -> dict[str, object]:
    """What ``thing`` shows under the paths of ``expected``."""
    return {path: shown(thing, path) for path in expected}
