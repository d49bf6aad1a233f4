"""Two replays of one span, by the present configuration and by another, side by side. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from monitor.replay.figures import Replayed, Sum


class Both(NamedTuple):
    """What one thing came to by the present configuration and by the other."""

    present: Sum
    other: Sum

    @property
    def more_mails(self) -> int:
        """How many mails more the other would have sent; fewer if negative."""
        return self.other.mails - self.present.mails

    @property
    def more_lines(self) -> int:
        """How many lines more."""
        return self.other.lines - self.present.lines


@dataclass(frozen=True, slots=True)
class Compared:
    """The replays of the same days by the ``present`` configuration and by ``other``."""

    present: Replayed
    other: Replayed

    @property
    def total(self) -> Both:
        """All digests."""
        return Both(self.present.total, self.other.total)

    @property
    def by_audience(self) -> dict[tuple[str, str], Both]:
        """Per (unit's name, audience's name), in this order."""
        return _both(self.present.by_audience, self.other.by_audience)

    @property
    def by_week(self) -> dict[tuple[str, str, str], Both]:
        """Per (unit's name, audience's name, week), in this order."""
        return _both(self.present.by_week, self.other.by_week)

    @property
    def by_whole_week(self) -> dict[str, Both]:
        """Per week, all units together, in order."""
        return _both(self.present.by_whole_week, self.other.by_whole_week)

    @property
    def by_day(self) -> dict[date, Both]:
        """Per day that is a working day by either, in order."""
        return _both(self.present.by_day, self.other.by_day)

    @property
    def only_present(self) -> set[str]:
        """The items that the present configuration alone would have mailed about."""
        return self.total.present.items - self.total.other.items

    @property
    def only_other(self) -> set[str]:
        """The items that the other alone would have mailed about."""
        return self.total.other.items - self.total.present.items

    def of_unit(self, unit: str | None) -> "Compared":
        """The same of one unit alone (None: of items whose unit cannot be told)."""
        return Compared(self.present.of_unit(unit), self.other.of_unit(unit))


def _both(present: Mapping[Any, Sum], other: Mapping[Any, Sum]) -> dict[Any, Both]:
    return {key: Both(present.get(key, Sum()), other.get(key, Sum())) for key in sorted({*present, *other})}
