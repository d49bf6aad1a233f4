"""What another catalogue of matters would change for the open items: they are judged twice, and nothing is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from monitor.app import App
from monitor.catalogue.compare import Catalogue, limit_words
from monitor.clocks import SEVERITY, Clock, Light
from monitor.judge import Judged, Standards
from monitor.ledger.read import Loaded, ids_where, load
from monitor.ledger.several import SAID
from monitor.ledger.store import ITEM, parts
from monitor.ledger.verdicts import verdict

MOST_SHOWN = 20
CODES_AT_ONCE = 500
KINDS = {
    "limit": "承诺时限",
    "due": "到期日",
    "statutory": "法定时限",
    "statutory_due": "法定到期日",
    "light": "灯色",
    "needs_code": "是否需要项目代码",
    "code_problem": "项目代码问题",
}
"""What can differ for an item, in words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the catalogue decides of an item: limits in words, due dates (local), light, duty to use a project code."""

    limit: str
    due: date | None
    statutory: str
    statutory_due: date | None
    light: Light
    needs_code: bool
    code_problem: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An item that another catalogue judges otherwise."""

    item: str
    unit_name: str
    matter: str
    before: Standing
    after: Standing

    @property
    def kinds(self) -> list[str]:
        """What differs."""
        return [name for name in KINDS if getattr(self.before, name) != getattr(self.after, name)]

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values: of what can differ [before, after]."""
        before, after = (asdict(standing) for standing in (self.before, self.after))
        pairs = {name: [_json(before[name]), _json(after[name])] for name in KINDS}
        return {"item": self.item, "unit_name": self.unit_name, "matter": self.matter, **pairs}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(slots=True)
class Impact:
    """How many open items were looked at, how many are judged otherwise and in what, and the gravest of these."""

    looked_at: int = 0
    moved: int = 0
    unjudged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: list[Moved] = field(default_factory=list)


def impact_of(app: App, codes: Sequence[str], catalogue: Catalogue) -> Impact:
    """Judges the open items of the matters ``codes`` by the catalogue in force and by ``catalogue``, as of now."""
    now, proposed = app.clock(), app.standards.with_matters(catalogue)
    found = Impact()
    with app.transactions.read() as connection:
        for row in load(connection, _ids(connection, codes)):
            _look(row, app.standards, proposed, now, found)
            if len(found.first) > 2 * MOST_SHOWN:
                found.first = _gravest(found.first)
    found.first = _gravest(found.first)
    return found


def _ids(connection: Connection, codes: Sequence[str]) -> list[str]:
    """The open items of these matters, and those of which several sources speak, as another may decide their matter."""
    several = ITEM.c.item.in_(select(SAID.c.key).where(SAID.c.kind == "item"))
    found: set[str] = set()
    for some in parts(codes, CODES_AT_ONCE):
        found.update(ids_where(connection, ITEM.c.closed_on.is_(None), or_(ITEM.c.matter.in_(some), several)))
    return sorted(found)


def _look(row: Loaded, present: Standards, proposed: Standards, now: datetime, found: Impact) -> None:
    (_, before), (_, after) = verdict(row, present, now), verdict(row, proposed, now)
    if before is None or after is None:
        found.unjudged += 1
        return
    if before.closed_on is not None:
        return
    found.looked_at += 1
    matter = after.facts.matter_name or after.facts.matter
    moved = Moved(row.facts.item, after.unit_name, matter, _standing(before), _standing(after))
    if kinds := moved.kinds:
        found.moved += 1
        found.kinds.update(kinds)
        found.first.append(moved)


def _standing(judged: Judged) -> Standing:
    promised, statutory = judged.clocks.promised, judged.clocks.statutory
    return Standing(
        limit=_words(promised),
        due=promised.due,
        statutory=_words(statutory),
        statutory_due=statutory.due,
        light=judged.light,
        needs_code=judged.needs_code,
        code_problem=judged.code_problem,
    )


def _words(clock: Clock) -> str:
    return limit_words(clock.limit.amount, clock.limit.unit) if clock.limit else "无"


def _gravest(moved: Sequence[Moved]) -> list[Moved]:
    """The items whose light changes most first, to the worse before to the better; then the soonest due."""

    def rank(one: Moved) -> Iterator[Any]:
        step = SEVERITY[one.after.light] - SEVERITY[one.before.light]
        yield -abs(step)
        yield -step
        yield one.after.due or date.max
        yield one.item

    return sorted(moved, key=lambda one: tuple(rank(one)))[:MOST_SHOWN]
