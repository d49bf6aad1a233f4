"""The register of letters: what was issued under which number, and what went out about an item before.

A number is given by the insert that stores the letter, in one write transaction: numbers have no gaps, and of two
processes that want the same one only the first gets it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, or_, select

from alerts.hours import local
from alerts.letters.facts import Earlier, keys_of
from alerts.letters.numbering import Series
from alerts.notices import NOTICE
from alerts.outbox import MAIL, Claimed
from alerts.tables import Letter

LETTER: Table = Letter.__table__  # type: ignore[attr-defined]
CHUNK = 500
KEY_MARKS = 3
"""How many | the key of a notice has."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter as it goes out with a mail: its number's name in files, and the documents."""

    name: str
    reference: str
    facts: Mapping[str, Any]
    docx: bytes
    pdf: bytes


def of_round(connection: Connection, mail: Claimed, level: str) -> list[Issued]:
    """The letters of ``level`` to the mail's unit that may state its lines, in the order of their numbers: those made
    since its lines were decided.

    What was told and lettered before is not owed again but by a later decision. A letter of the mail itself, or of its
    round, counts also where the clock has been set back since.
    """
    ours = or_(
        LETTER.c.made_at >= decided_at(mail),
        LETTER.c.mail_key == mail.key,
        LETTER.c.mail_key.in_(select(MAIL.c.key).where(MAIL.c.created_at == mail.created_at)),
    )
    wanted = (LETTER.c.unit == mail.unit, LETTER.c.level == level, ours)
    return [issued(row) for row in connection.execute(select(LETTER).where(*wanted).order_by(LETTER.c.id))]


def decided_at(mail: Claimed) -> datetime:
    """When the first of the mail's lines was decided (UTC): a mail can have taken in the lines of earlier rounds."""
    return min([mail.created_at, *map(datetime.fromisoformat, mail.payload.get("rounds", ()))])


def issued(row: Row[Any]) -> Issued:
    """The letter of a row, bytes as they were stored."""
    return Issued(file_name(row.year, row.number), row.reference, row.facts, row.docx, row.pdf)


def file_name(year: int, number: int) -> str:
    """letter-2026-12: the name of a letter's files, without the ending."""
    return f"letter-{year}-{number}"


def next_number(connection: Connection, series: Series, year: int) -> int:
    """The number that the next letter of the series gets in ``year``."""
    of_series = LETTER.c.series == series.pattern
    last = connection.scalar(select(func.max(LETTER.c.number)).where(of_series, LETTER.c.year == year))
    begun = last is not None or connection.scalar(select(LETTER.c.id).where(of_series).limit(1)) is not None
    return series.next(last, begun=begun)


def store(
    connection: Connection, mail: Claimed, series: Series, number: int, made: Issued, now: datetime
) -> None:  # fmt: skip
    """Puts a letter into the register, in the caller's write transaction, which holds its number against others."""
    year, facts = local(now).year, made.facts
    connection.execute(
        LETTER.insert().values(
            series=series.pattern,
            year=year,
            number=number,
            reference=made.reference,
            kind=facts["kind"],
            level=facts["level"],
            unit=facts["unit"],
            mail_key=mail.key,
            made_at=now,
            answer_by=date.fromisoformat(facts["answer_by"]) if facts["answer_by"] else None,
            facts=dict(facts),
            docx=made.docx,
            pdf=made.pdf,
        )
    )


def sent_before(
    connection: Connection, items: Sequence[str], mail: Claimed, states: Collection[str]
) -> dict[str, list[Earlier]]:
    """What was sent about ``items`` before the mail's round: by item, one a local day and level.

    ``states``: those of a mail that count as sent.
    """
    references = _references(connection, mail.unit)
    columns = select(NOTICE.c.key, NOTICE.c.item, NOTICE.c.level, MAIL.c.sent_at)
    joined = columns.join(MAIL, MAIL.c.key == NOTICE.c.mail_key)
    found: defaultdict[str, dict[tuple[date, str], Earlier]] = defaultdict(dict)
    for start in range(0, len(items), CHUNK):
        wanted = (
            NOTICE.c.item.in_(items[start : start + CHUNK]), NOTICE.c.reason != "dropped",
            MAIL.c.state.in_(states), MAIL.c.sent_at.is_not(None), MAIL.c.created_at < mail.created_at,
        )  # fmt: skip
        for row in connection.execute(joined.where(*wanted)):
            day = local(row.sent_at).date()
            known = found[row.item].get((day, row.level))
            reference = references.get(_as_sent(row.key)) or (known.reference if known else "")
            found[row.item][day, row.level] = Earlier(day, row.level, reference)
    return {item: list(told.values()) for item, told in found.items()}


def _references(connection: Connection, unit: str | None) -> dict[str, str]:
    """Key of a notice → reference of the unit's letter about it."""
    rows = connection.execute(select(LETTER.c.reference, LETTER.c.facts).where(LETTER.c.unit == unit))
    return {key: row.reference for row in rows for key in keys_of(row.facts)}


def _as_sent(key: str) -> str:
    """The key that a notice had in its mail: one that was retired carries the reason and the moment behind it."""
    return key.rsplit("|", 2)[0] if key.count("|") > KEY_MARKS else key
