"""The job that reads the mailbox: answers and bounces."""

from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from alerts.deliver import domain_of
from alerts.hours import local
from alerts.inbox.mailbox import ImapMailbox, MailboxError, Position, name_of
from alerts.inbox.placing import Desk
from alerts.inbox.reading import look
from alerts.inbox.received import KINDS
from alerts.inbox.shelf import Shelf
from alerts.operator import tell_operator
from alerts.outbox import MAIL
from monitor.app import App
from monitor.jobs.outcome import Outcome
from monitor.jobs.slots import last_good_run
from monitor.ledger.store import table_of
from monitor.ledger.tables import Setting

SETTING = table_of(Setting)
TOLD_AFTER = timedelta(hours=2)
"""A mailbox that could not be read for so long is told to the operator, once a day."""


def inbox_round(app: App) -> Outcome:
    """Reads what has come in; a mailbox that cannot be read is a bad round and loses nothing."""
    now, inbox = app.clock(), app.config.settings.inbox
    mailbox = name_of(inbox)
    domain = domain_of(app.config.settings.delivery)
    # A dry run keeps no files.
    shelf = Shelf(app.answers, 0 if app.keep_in else inbox.max_kept_mib * 1024 * 1024)
    desk = Desk(mailbox, app.transactions.write, app.config.units, domain, shelf, now)
    key = f"inbox|{mailbox}"
    with app.transactions.read() as connection:
        position, since = _position(connection, key), _first_mail(connection, app)

    def remember(connection: Connection, reached: Position) -> None:
        connection.execute(SETTING.delete().where(SETTING.c.name == key))
        connection.execute(SETTING.insert().values(name=key, value=f"{reached.validity}:{reached.uid}"))

    try:
        with ImapMailbox(inbox) as opened:
            # Messages that were read and could not be moved are listed again; they are known.
            start = None if inbox.processed_folder else position
            looked = look(opened, desk, start, since, inbox.max_message_kib * 1024, remember, app.stop.is_set)
    except MailboxError as error:
        _tell(app, str(error))
        return Outcome("inbox", False, f"收件箱：{error}", {}, (str(error),))
    counted = "，".join(f"{name} {looked.counts[kind]} 封" for kind, name in KINDS.items())
    good = not looked.problems
    return Outcome(
        "inbox", good, f"收件箱：{counted}", dict(looked.counts), tuple(looked.problems), tuple(looked.lines)
    )  # fmt: skip


def _position(connection: Connection, key: str) -> Position | None:
    value = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == key))
    validity, _, uid = (value or "").partition(":")
    return Position(int(validity), int(uid)) if validity.isdigit() and uid.isdigit() else None


def _first_mail(connection: Connection, app: App) -> date:
    """Nothing older than our first mail can be an answer to one; a day earlier, for servers in other zones."""
    first = connection.scalar(select(func.min(MAIL.c.created_at)))
    return local(first or app.clock()).date() - timedelta(days=1)


def _tell(app: App, why: str) -> None:
    now = app.clock()
    last = last_good_run(app, "inbox")
    if last is not None and now - last < TOLD_AFTER:
        return
    since = f"自 {local(last):%Y年%m月%d日 %H:%M} 起" if last else "至今"
    paragraphs = [
        f"收件箱{since}读不出来：{why}。",
        "在此期间各单位的答复、退信都不会记入台账；恢复后自动补读，不会丢失。",
    ]
    key = f"inbox-down|{local(now).date()}"
    with app.transactions.write() as connection:
        domain = domain_of(app.config.settings.delivery)
        tell_operator(connection, app.config.units, domain, key, "收件箱读不出来", paragraphs, now)
