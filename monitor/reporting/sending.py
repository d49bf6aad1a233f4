"""Reports into the outbox: each period once, to the leaders, and to every unit its own extract."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from alerts import outbox
from alerts.deliver import domain_of
from alerts.outbox import Outgoing
from alerts.recipients import Recipients
from alerts.report import rows
from alerts.report.extract import extract
from alerts.report.periods import NAMES, Period
from config.policy import Role
from monitor.app import App
from monitor.jobs.outcome import Outcome
from monitor.jobs.polling import settle_all
from monitor.reporting.making import make
from monitor.reporting.moments import Making, now_known
from monitor.reporting.periods import KEYS, key_of, owed_now

READERS = (Role.DISTRICT_LEADER, Role.BUREAU_LEADER)
COPIES = (Role.SUPERVISOR,)
EXTRACT = "extract"


def report_round(app: App) -> Outcome:
    """Queues each report that is owed and not queued yet; after downtime once, as soon as the daemon is up.

    What has arrived is judged first, so that the report is of all that is known when it is made.
    """
    now = app.clock()
    owed = list(owed_now(now, app.config.policy.report, app.workdays))
    with app.transactions.read() as connection:
        missing = [period for period in owed if not outbox.mails_about(connection, [key_of(period)])]
    if not missing:
        title = f"{owed[0].title} 已生成过" if owed else "本周的发送时间未到"
        return Outcome("report", True, f"周报：{title}", {"queued": 0, "extracts": 0})
    settle_all(app, now)
    done = [_queued(app, period, now) for period in missing]
    counts = {name: sum(counts[name] for _, counts in done) for name in ("queued", "extracts", "overdue")}
    return Outcome("report", True, "；".join(sentence for sentence, _ in done), counts)


def _queued(app: App, period: Period, now: datetime) -> tuple[str, Mapping[str, int]]:
    """Makes a report and queues it with the extracts of all units, in one transaction."""
    with app.transactions.read() as connection:
        payload = rows.payload(make(app, connection, Making(period, now, now_known(connection, now))))
    domain = domain_of(app.config.settings.delivery)
    with app.transactions.write() as connection:
        queued = outbox.add(connection, leaders_mail(app, period, payload), domain, now)
        extracts = list(extracts_of(app, period, payload)) if queued else []
        sent = sum(outbox.add(connection, mail, domain, now) for mail in extracts)
    total = payload["total"]
    sentence = (
        f"{NAMES[period.kind].removeprefix('逾期')}：{period.title} 已排队，在办 {total['in_hand']} 件，"
        f"逾期 {total['overdue']} 件" + (f"，各单位摘要 {sent} 封" if sent else "")
    )
    return sentence, {"queued": int(queued), "extracts": sent, "overdue": total["overdue"]}


def leaders_mail(app: App, period: Period, payload: Mapping[str, Any]) -> Outgoing:
    """The whole report, to the leaders with a copy to the supervisor."""
    units = app.config.units
    to = tuple(dict.fromkeys(address for role in READERS for address in units.addresses(role)))
    cc = tuple(dict.fromkeys(address for role in COPIES for address in units.addresses(role) if address not in to))
    return Outgoing(key_of(period), KEYS[period.kind], "reminder", Recipients(to or cc, cc if to else ()), payload)


def extracts_of(app: App, period: Period, payload: Mapping[str, Any]) -> Iterator[Outgoing]:
    """The part of each unit, to those whom the policy names in it. A unit without any of their addresses gets none."""
    for unit in app.config.units.units:
        roles = app.config.policy.report.extracts
        to = tuple(dict.fromkeys(address for role in roles for address in app.config.units.addresses(role, unit.id)))
        part = extract(payload, unit.id) if to else None
        if part is not None:
            yield Outgoing(f"{key_of(period)}:{unit.id}", EXTRACT, "reminder", Recipients(to), part, unit.id)
