"""The projects that the items of the demonstration belong to: names, investment, codes right and faulty."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from monitor.demo.catalogue import DISTRICT, KINDS, PLACES, Matter
from monitor.project_code import check_digit

_FULL_WIDTH: Final = str.maketrans({**{str(n): chr(0xFF10 + n) for n in range(10)}, "-": "－"})
_MOST_ITEMS: Final = (1, 2, 2, 3, 3, 4)

FAULTS: Final[tuple[Callable[[str], str], ...]] = (
    lambda code: code.replace("-", ""),
    lambda code: code.translate(_FULL_WIDTH),
    lambda code: f"项目代码：{code}",
    lambda code: code[:-1] + str((int(code[-1]) + 1) % 10),
    lambda code: "",
    lambda code: f"{code}-001",
    lambda code: f"京怀柔发改（备）〔20{code[:2]}〕{int(code[-6:-3])}号",
)
"""How staff write a code that is right: no hyphens, full-width, with a prefix, a digit wrong, not at all, the 工程代码
in its place, the number of the document in its place."""


@dataclass(slots=True)
class Project:
    """A project with one 工程: its kind, the items it takes and the matters it already has."""

    kind: str
    name: str
    place: str
    investment: float
    room: int
    matters: set[str] = field(default_factory=set)
    items: list[int] = field(default_factory=list)
    code: str = ""
    written: str = ""
    applied: date = date.min

    @property
    def works(self) -> str:
        """工程代码: the project's code and a number."""
        return f"{self.code}-001"

    def takes(self, matter: Matter) -> bool:
        """Whether an item of ``matter`` may be one of this project's."""
        fits = not matter.kinds or self.kind in matter.kinds
        return fits and len(self.items) < self.room and matter.code not in self.matters


class Projects:
    """Makes projects as items need them."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._codes: set[str] = set()
        self._names: set[str] = set()
        self.all: list[Project] = []

    def assign(self, item: int, matter: Matter) -> None:
        """Gives item number ``item`` to a project that takes its matter, a new one if none does."""
        fitting = [project for project in self.all if project.takes(matter)]
        project = self._rng.choice(fitting) if fitting else self._new(matter)
        project.items.append(item)
        project.matters.add(matter.code)

    def _new(self, matter: Matter) -> Project:
        kind = self._rng.choice(sorted(matter.kinds or KINDS))
        about = KINDS[kind]
        place, name = self._name(kind)
        investment = round(self._rng.triangular(about.least, about.most, about.least * 1.5), 2)
        project = Project(kind, name, place, investment, self._rng.choice(_MOST_ITEMS))
        self.all.append(project)
        return project

    def _name(self, kind: str) -> tuple[str, str]:
        """A place and a name that no other project has."""
        names = [(place, place + ending) for place in PLACES for ending in KINDS[kind].endings]
        place, name = self._rng.choice([pair for pair in names if pair[1] not in self._names])
        self._names.add(name)
        return place, name

    def date(self, project: Project, first_item: date) -> None:
        """Sets when the project applied, five to forty days before its first item, and a code no later than that."""
        project.applied = first_item - timedelta(days=self._rng.randint(5, 40))
        project.code = project.written = self._code(project)

    def _code(self, project: Project) -> str:
        """A code of the new style that verifies and that no other project has."""
        issued = project.applied - timedelta(days=self._rng.randint(0, 200))
        department = "07" if project.kind == "industry" and "1107006" in project.matters else "04"
        kind = "02" if department == "07" else "01"
        while True:
            number = f"{self._rng.randint(0, 99999):05}"
            last = check_digit(f"{issued:%y%m}{DISTRICT}{department}{kind}{number}")
            code = f"{issued:%y%m}-{DISTRICT}-{department}-{kind}-{number}{last}"
            if code not in self._codes:
                self._codes.add(code)
                return code

    def spoil(self) -> list[Project]:
        """Writes the codes of some projects with one fault each; returns those projects."""
        chosen = self._rng.sample(self.all, len(FAULTS))
        for project, fault in zip(chosen, FAULTS, strict=True):
            project.written = fault(project.code)
        return chosen
