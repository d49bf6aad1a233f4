"""What the daily overview is made from, read from the alert side's own tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from alerts.outbox import MAIL, WAITING
from alerts.overview import Answered, Refusal, SentMail, Silence, StuckMail
from alerts.tables import Answer, DecisionRow, Handed, Hold, Letter, Received
from config.units import UnitDirectory

GONE = ("sent", "kept", "unknown")


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table


ANSWER, DECISION, HANDED = _table(Answer), _table(DecisionRow), _table(Handed)
HOLD, LETTER, RECEIVED = _table(Hold), _table(Letter), _table(Received)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what happened in [since, until) (UTC) and what stands at the end; ``name`` turns a unit's id into words."""

    connection: Connection
    since: datetime
    until: datetime
    name: Callable[[str | None], str]

    def sent(self) -> list[SentMail]:
        """The mails that went out, in their order; but for overviews, of which there always is one."""
        columns = (MAIL.c.kind, MAIL.c.unit, MAIL.c.state, MAIL.c.subject, MAIL.c.payload)
        within = (MAIL.c.sent_at >= self.since, MAIL.c.sent_at < self.until)
        gone = (MAIL.c.state.in_(GONE), MAIL.c.kind != "overview")
        found = self.connection.execute(select(*columns).where(*within, *gone).order_by(MAIL.c.id))
        return [SentMail(row.kind, row.unit, self._to(row), row.state, row.subject or "", _lines(row)) for row in found]

    def stuck(self) -> list[StuckMail]:
        """The mails that wait, and those given up since."""
        columns = (MAIL.c.state, MAIL.c.kind, MAIL.c.unit, MAIL.c.created_at, MAIL.c.outcome)
        given_up = (MAIL.c.state == "failed") & (MAIL.c.next_try_at >= self.since) & (MAIL.c.next_try_at < self.until)
        waiting = MAIL.c.state.in_(WAITING) & (MAIL.c.created_at < self.until)
        found = self.connection.execute(select(*columns).where(given_up | waiting).order_by(MAIL.c.id))
        return [StuckMail(row.state, row.kind, self._to(row), row.created_at, row.outcome or "") for row in found]

    def answers(self) -> list[Answered]:
        """The answers put on record, in their order."""
        within = (ANSWER.c.recorded_at >= self.since, ANSWER.c.recorded_at < self.until)
        found = self.connection.execute(select(ANSWER).where(*within).order_by(ANSWER.c.id))
        return [Answered(row.item, row.unit, self.name(row.unit), row.kind, row.text) for row in found]

    def refusals(self) -> list[Refusal]:
        """The addresses that refused a mail or sent it back."""
        within = (HANDED.c.at >= self.since, HANDED.c.at < self.until, HANDED.c.result.in_(("refused", "bounced")))
        joined = select(HANDED, MAIL.c.unit, MAIL.c.kind).join(MAIL, MAIL.c.id == HANDED.c.mail_id).where(*within)
        found = self.connection.execute(joined.order_by(HANDED.c.address, HANDED.c.mail_id))
        return [Refusal(row.address, row.result, row.words, self._to(row)) for row in found]

    def silences(self, today: date) -> list[Silence]:
        """The holds in force on the local date ``today``."""
        in_force = (HOLD.c.lifted_at.is_(None), HOLD.c.until >= today)
        found = self.connection.execute(select(HOLD).where(*in_force))
        return [Silence(self._target(row), row.until, row.why, row.by) for row in found]

    def _to(self, row: Any) -> str:
        """Whom a mail was for: its unit; "" of a kind that goes to no unit."""
        return self.name(row.unit) if row.kind == "digest" else ""

    def _target(self, row: Any) -> str:
        return self.name(row.target) if row.scope == "unit" else f"办件 {row.target}"

    def held_blind(self) -> int:
        """The clocks whose escalation waits for fresh data."""
        held = select(func.count()).select_from(DECISION).where(DECISION.c.reason == "held_blind")
        return self.connection.scalar(held) or 0

    def received(self) -> dict[str, int]:
        """The messages that came and are neither answer nor bounce, by kind."""
        within = (RECEIVED.c.read_at >= self.since, RECEIVED.c.read_at < self.until)
        counted = select(RECEIVED.c.kind, func.count()).where(*within, RECEIVED.c.kind.not_in(("answer", "bounce")))
        return {row[0]: row[1] for row in self.connection.execute(counted.group_by(RECEIVED.c.kind))}

    def letters(self) -> list[str]:
        """The references of the formal letters that were issued, in their order."""
        within = (LETTER.c.made_at >= self.since, LETTER.c.made_at < self.until)
        return list(self.connection.scalars(select(LETTER.c.reference).where(*within).order_by(LETTER.c.id)))


def last_made(connection: Connection, before: datetime) -> datetime | None:
    """When the last overview was made (UTC); one dated later than ``before`` is of a clock that was set back."""
    made = select(func.max(MAIL.c.created_at)).where(MAIL.c.kind == "overview", MAIL.c.created_at <= before)
    found: datetime | None = connection.scalar(made)
    return found


def names(units: UnitDirectory, nobodys: str) -> Callable[[str | None], str]:
    """What turns a unit's id into its name; one that is not known any more stays as it is."""
    known = {unit.id: unit.name for unit in units.units}
    return lambda unit: known.get(unit, unit) if unit else nobodys


def _lines(row: Any) -> tuple[tuple[str, str], ...]:
    """(item, level) of each line of a digest; none of a payload that cannot be read."""
    lines: Sequence[Any] = row.payload.get("lines", ()) if row.kind == "digest" else ()
    try:
        return tuple((line["case"]["item"], line["level"]) for line in lines)
    except (KeyError, TypeError):
        return ()
