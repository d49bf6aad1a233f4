"""A calendar that is taught with notices, one after the other."""

from datetime import date

from config.overlay import DayRule
from monitor.learned import Lesson, lesson
from monitor.workdays import Workdays
from tests.calendar.texts import read, text

PLAIN = Workdays()
"""The calendar of the program alone."""
Rules = dict[date, DayRule]


def taught(*names: str, rules: Rules | None = None) -> tuple[Rules, Lesson]:
    """The calendar files after these notices, one after the other, and what the last of them taught."""
    known = dict(rules or {})
    for name in names:
        notice = read(text(name))
        learned = lesson(notice, calendar(known) if known else PLAIN, known)
        assert learned.faults == ()
        known |= learned.rules(notice.source)
    return known, learned


def calendar(rules: Rules) -> Workdays:
    """The calendar with these files over it."""
    return Workdays({day: (rule.working, rule.name) for day, rule in rules.items()}, first=2005, last=2030)
