"""The whole configuration as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from config.documents import Places
from config.matters import Matter, Workbook
from config.overlay import DayRule
from config.policy import Policy
from config.problems import Problem
from config.settings import Settings
from config.units import UnitDirectory

SETTINGS, POLICY, UNITS, MATTERS = "monitor.toml", "policy.toml", "units.toml", "matters.toml"
CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Config:
    """What the owner decided, free of errors. ``overlay`` is by local date, ``matters`` by matter code,
    ``workbook`` is how an exported catalogue of matters is written.

    ``places`` remembers where every key stood, for checks made after loading; it is empty for a Config made by hand.
    """

    directory_path: Path
    settings: Settings
    policy: Policy
    units: UnitDirectory
    matters: Mapping[str, Matter]
    overlay: Mapping[date, DayRule]
    warnings: tuple[Problem, ...] = ()
    workbook: Workbook = field(default_factory=Workbook)
    places: Mapping[str, Places] = field(default_factory=dict, repr=False, compare=False)

    @property
    def letter_template(self) -> Path | None:
        """The office's own DOCX template of letters; None where the one that comes with the program is used."""
        template = self.policy.letters.template
        return self.directory_path / template if template else None

    @property
    def report_template(self) -> Path | None:
        """The office's own DOCX template of the notice; None where the one that comes with the program is used."""
        template = self.policy.report.template
        return self.directory_path / template if template else None

    def places_of(self, file: str) -> Places:
        """Where the keys of ``file`` stood."""
        return self.places.get(file) or Places(file)
