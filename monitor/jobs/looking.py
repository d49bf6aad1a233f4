"""Looking at the items whose next moment has come, part by part, so that a round takes the same memory however many.

Most are owed nothing yet: what they are judged to be is kept at once, and only those that a mail is owed for are held.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from alerts import decisions
from alerts.case import Case
from alerts.plan import Considered, consider
from monitor.app import App
from monitor.ledger.read import due_ids
from monitor.ledger.sheets import Sheets
from monitor.ledger.verdicts import Verdict, keep, still_so

PART = 2000


@dataclass(slots=True)
class Looked:
    """How many items were looked at; why nothing is owed for most; verdicts and cases of those that a mail is owed."""

    items: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    verdicts: list[Verdict] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def look(app: App, now: datetime) -> Looked:
    """Looks at everything that is due. Judging reads and may take long; what came of it is written in short steps."""
    looked, left, sheets = Looked(), 0, Sheets(app.standards, now)
    while True:
        with app.transactions.read() as connection:
            # What is owed stays due until its mail is queued, and comes before what has not been looked at.
            ids = due_ids(connection, now, most=PART, skip=left)
            # By their numbers, by which all that is written of them lies in the file.
            verdicts, every = sheets.of(connection, sorted(ids))
            cases = [case for case in every if not case.closed]
            considered = consider(connection, cases, app.round(connection, now))
        if not ids:
            return looked
        looked.items += len(ids)
        left += len(ids) - _keep_quiet(looked, verdicts, cases, considered, app, now)


def _keep_quiet(
    looked: Looked, verdicts: list[Verdict], cases: list[Case], considered: Considered, app: App, now: datetime
) -> int:
    """Keeps what nothing is owed for, and hands on the rest. Returns how many are no longer due.

    What would be due again at once is handed on as well, so that what stays due keeps its place.
    """
    next_at = considered.next_at
    again = {one.item for one in verdicts if (moment := next_moment(one, next_at)) and moment <= now}
    handed_on = considered.owing | again
    quiet = [one for one in verdicts if one.item not in handed_on]
    if quiet:
        with app.transactions.write() as connection:
            quiet = still_so(connection, quiet)
            keep_until(connection, quiet, next_at, now)
            items = {one.item for one in quiet}
            decided = (one for one in considered.decisions if one[0].item in items)
            decisions.keep(connection, decided, items, now)
    looked.verdicts += [one for one in verdicts if one.item in handed_on]
    looked.cases += [case for case in cases if case.item in handed_on]
    looked.reasons.update(decision.reason for case, decision in considered.decisions if case.item not in handed_on)
    return len(quiet)


def keep_until(
    connection: Connection, verdicts: Iterable[Verdict], next_at: Mapping[str, datetime], now: datetime
) -> None:
    """Stores the verdicts with their next moments."""
    keep(connection, verdicts, now, "时间推移", lambda one: next_moment(one, next_at))


def next_moment(one: Verdict, next_at: Mapping[str, datetime]) -> datetime | None:
    """The item's own turning point, or the moment that the next step can be owed, whichever comes first."""
    moments = (one.next_moment, next_at.get(one.item))
    return min((moment for moment in moments if moment is not None), default=None)
