"""Where a message belongs: an answer to its items, a bounce to its addresses, the rest on record with the reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.answers import Given, record
from alerts.hours import local
from alerts.inbox import matching
from alerts.inbox.bounced import place_bounce
from alerts.inbox.bounces import Bounce, bounce_of
from alerts.inbox.cutting import is_receipt, own_text
from alerts.inbox.incoming import Incoming
from alerts.inbox.kinds import automatic, of_no_interest
from alerts.inbox.matching import Mailed
from alerts.inbox.received import Outcome, keep
from alerts.inbox.shelf import Shelf
from alerts.operator import tell_operator
from alerts.wording import clean
from config.policy import Role
from config.units import UnitDirectory

KIND_NAMES = {"receipt": "签收", "explanation": "情况说明"}
ANSWERED_WITHIN = timedelta(days=180)
"""How old a mail may be that is recognised by its subject alone."""
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where messages are put: ``mailbox`` is its name on record; ``write`` opens a transaction."""

    mailbox: str
    write: Callable[[], AbstractContextManager[Connection]]
    units: UnitDirectory
    domain: str
    shelf: Shelf
    now: datetime


def understood(incoming: Incoming) -> Bounce | Outcome | None:
    """What shows from a message alone: a bounce, or that it is surely no answer; None: it may be one. Pure."""
    if (bounce := bounce_of(incoming)) is not None:
        return bounce
    if (why := of_no_interest(incoming)) is not None:
        return Outcome("other", why)
    if automatic(incoming):
        return Outcome("out_of_office", "自动回复，不算答复")
    return None


def place(connection: Connection, desk: Desk, incoming: Incoming, known: Bounce | Outcome | None) -> Outcome:
    """Puts a message where it belongs, all in the caller's transaction. Returns what was made of it."""
    if isinstance(known, Bounce):
        outcome = place_bounce(connection, desk.units, desk.domain, known, incoming, desk.now)
        keep(connection, desk.mailbox, incoming, outcome, desk.now)
        return outcome
    mail = matching.by_message_id(connection, [incoming.message_id])
    if mail is not None:
        known = Outcome("other", "本系统自己发出的信", mail.key)
    elif known is not None:
        mail = matching.by_message_id(connection, incoming.answers_to)
        known = Outcome(known.kind, known.text, mail.key if mail else None)
    if known is not None:
        keep(connection, desk.mailbox, incoming, known, desk.now)
        return known
    return _place_answer(connection, desk, incoming)


def _place_answer(connection: Connection, desk: Desk, incoming: Incoming) -> Outcome:
    own = own_text(incoming.text)
    units = matching.units_of(desk.units, incoming.sender)
    mail = _answered(connection, desk, incoming, units)
    if mail is not None and (mail.unit is not None or mail.kind == "digest") and mail.unit not in units:
        return _put_aside(connection, desk, incoming, _not_a_contact(desk, incoming, mail), mail)
    if not units:
        return _put_aside(connection, desk, incoming, _stranger(desk, incoming, mail), mail)
    items = _items(connection, incoming, own, mail, units)
    if not items:
        return _put_aside(connection, desk, incoming, Outcome("other", "看不出答复的是哪一件", tell=True), mail)
    if not own and not any(not file.inline for file in incoming.files):
        why = Outcome("other", "回信没有正文（可能写在原信下面），请到邮箱查看", tell=True)
        return _put_aside(connection, desk, incoming, why, mail)
    return _record(connection, desk, incoming, mail, items, own)


def _answered(connection: Connection, desk: Desk, incoming: Incoming, units: frozenset[str]) -> Mailed | None:
    return (
        matching.by_message_id(connection, incoming.answers_to)
        or matching.by_subject(connection, incoming.subject, units, desk.now - ANSWERED_WITHIN)
        or matching.by_reference(connection, f"{incoming.subject}\n{incoming.text}", units)
    )


def _items(
    connection: Connection, incoming: Incoming, own: str, mail: Mailed | None, units: frozenset[str]
) -> tuple[str, ...]:
    """The items an answer is about: those it names, else all of the mail that is answered, else those it quotes."""
    said = f"{incoming.subject}\n{own}"
    named = matching.named_of(said, mail.items) if mail else ()
    named = tuple(dict.fromkeys((*named, *matching.items_named(connection, said, units))))
    if named or (mail is not None and mail.kind == "digest"):
        return named or (mail.items if mail else ())
    return matching.items_named(connection, incoming.text, units)


def _record(
    connection: Connection, desk: Desk, incoming: Incoming, mail: Mailed | None, items: tuple[str, ...], own: str
) -> Outcome:
    attached = any(not file.inline for file in incoming.files)
    receipt = is_receipt(own) and not attached
    kind = "receipt" if receipt else "explanation"
    outcome = Outcome("answer", f"{KIND_NAMES[kind]}：{'、'.join(items)}", mail.key if mail else None)
    received = keep(connection, desk.mailbox, incoming, outcome, desk.now)
    units = matching.units_of(desk.units, incoming.sender)
    given = Given(
        items=items,
        unit=mail.unit if mail and mail.unit else min(units),
        kind="receipt" if receipt else "explanation",
        text=own or "（见附件）",
        by=incoming.sender,
        via="mail",
        at=_said_at(incoming, mail, desk.now),
        mail_key=mail.key if mail else None,
        received_id=received,
        attachments=desk.shelf.keep(incoming.message_id, incoming.files),
    )
    record(connection, given, desk.now)
    return outcome


def _said_at(incoming: Incoming, mail: Mailed | None, now: datetime) -> datetime:
    """When it was said: the message's own date, unless the clock it was written by is evidently wrong."""
    earliest = (mail.created_at if mail else now - timedelta(days=30)) - CLOCK_TOLERANCE
    return incoming.at if incoming.at is not None and earliest <= incoming.at <= now + CLOCK_TOLERANCE else now


def _not_a_contact(desk: Desk, incoming: Incoming, mail: Mailed) -> Outcome:
    if matching.is_of_office(desk.units, incoming.sender):
        return Outcome("other", "本局内部回信，不算单位答复")
    unit = desk.units.get(mail.unit)
    whose = unit.name if unit else (mail.unit or "收到原信的单位")
    return Outcome("other", f"来信地址不在{whose}的联系人中，没有记为答复", tell=True)


def _stranger(desk: Desk, incoming: Incoming, mail: Mailed | None) -> Outcome:
    if matching.is_of_office(desk.units, incoming.sender):
        return Outcome("other", "本局内部来信，不算单位答复")
    return Outcome("other", "来信地址不属于任何单位的联系人", tell=mail is not None)


def _put_aside(connection: Connection, desk: Desk, incoming: Incoming, why: Outcome, mail: Mailed | None) -> Outcome:
    outcome = Outcome(why.kind, why.text, mail.key if mail else None, why.tell)
    received = keep(connection, desk.mailbox, incoming, outcome, desk.now)
    if outcome.tell:
        when = f"{local(incoming.at or desk.now):%Y-%m-%d %H:%M}"
        said = f"{when}，{incoming.sender or '（没有发件人）'}，“{clean(incoming.subject, 100)}”：{outcome.text}。"
        tell_supervisor(connection, desk, f"inbox|{received}", said)
    return outcome


def tell_supervisor(connection: Connection, desk: Desk, key: str, said: str) -> None:
    """Queues a mail on a message that a person must look at."""
    advice = (
        "信件仍在收件箱里。确属单位答复的，请用 approval-monitor answer 记入台账；"
        "联系人有变动的，请更新 units.toml。垃圾邮件不用理会。"
    )
    roles = (Role.SUPERVISOR,)
    tell_operator(connection, desk.units, desk.domain, key, "收件箱有来信需要人工处理", [said, advice], desk.now, roles)
