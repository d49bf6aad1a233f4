"""The audit: what ought to have gone out by now by ledger and policy alone, compared with what did.

open items, part by part | judge afresh, whatever ``next_at`` says | decide | notices | mails | the weekly report
| differences: the operator is told once | none, and all else is well: a heartbeat
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection

from alerts import audit
from alerts.again import Told, judge_again
from alerts.case import Case
from alerts.deliver import BY_ROLE, KINDS, domain_of
from alerts.hours import local
from alerts.operator import tell_operator
from alerts.outbox import HOURS_ONLY, WAITING, mails_about
from alerts.plan import Considered, Round, consider
from alerts.rules import Ladder
from config.policy import Role
from monitor.app import App, documents_since
from monitor.codes import untold
from monitor.health import work_findings
from monitor.jobs.looking import PART, next_moment
from monitor.jobs.outcome import Outcome
from monitor.ledger import audited as ledger
from monitor.ledger.sheets import judged_singly
from monitor.ledger.standing import known_prints
from monitor.reporting.periods import due_moment, key_of, owed_now
from monitor.standards_prints import prints

LOOKED_BACK = timedelta(days=7)
"""How far back rounds and mails that reached nobody are looked at: each audit has seen them within the hour."""
GRACE_INTERVALS = 2
MOST_TOLD = 20
CLOSED = "不在发信时段，只核对信件"
UNAPPLIED = "配置已变更，守护进程尚未按新配置判断（重启服务后即会），本次只核对信件"


def audit_round(app: App) -> Outcome:
    """Audits, tells the operator of what is new, and gives the heartbeat when nothing is amiss."""
    now = app.clock()
    return concluded(app, audited(app, now), now)


def concluded(app: App, found: audit.Audited, now: datetime) -> Outcome:
    """What follows from an audit: a mail to the operator on what is new, or a heartbeat."""
    with app.transactions.read() as connection:
        before = ledger.told_before(connection)
    in_hours = app.is_open(now)
    # Outside the working hours items are not judged, so what was found of them still stands.
    lasting = found.marks if in_hours else found.marks | before
    if lasting != before:
        _tell(app, found, before, lasting, now)
    if lasting:
        count = found.counts.total() or len(lasting)
        sentence = f"自查：不符 {count} 处（{found.summary or '上次发现的，发信时段内再核对'}）"
        return Outcome("audit", False, sentence, {"items": found.items, "differences": count})
    problems = _heartbeat(app)
    sentence = f"自查：相符，{found.looked}"
    return Outcome("audit", True, sentence, {"items": found.items, "differences": 0}, problems)


def audited(app: App, now: datetime, parts: Callable[[int], None] = lambda items: None) -> audit.Audited:
    """Everything that is compared at ``now`` (UTC), reading only. ``parts`` is told after each part how many items.

    Outside the working hours nothing is decided, so items are compared within them alone, mails at all times.
    """
    found = audit.Audited()
    then = _then(app, now)
    if not app.is_open(now):
        found.remark = CLOSED
    else:
        with app.transactions.read() as connection:
            current = known_prints(connection) == prints(app.config, app.workdays)
        # What was judged by another policy is judged again by the next plan; until then there is nothing to compare.
        found.remark = "" if current else UNAPPLIED
        for differences, count in _items(app, now, then) if current else ():
            found.add(differences)
            found.items += count
            parts(found.items)
        if current:
            found.add(_codes(app, now, then))
    with app.transactions.read() as connection:
        found.add(audit.lost(ledger.without_mail(connection)))
        found.add(_unsaid(connection, now - LOOKED_BACK))
        found.add(_late(app, connection, now, then))
        found.add(_report(app, connection, now, then))
        unheard = ledger.unheard_mails(connection, now - LOOKED_BACK)
    found.add(audit.unheard(_queued(app, mail) for mail in unheard if _still_holds(app, mail, now)))
    return found


def mend(app: App, found: audit.Audited, now: datetime) -> int:
    """Has what was found decided, or queued, anew where that puts it right. Returns how many differences it concerns.

    Items are judged again by the next plan; notices that nobody was told are owed again; mails that reached nobody
    wait to be sent once more.
    """
    again = [one for one in found.first if one.kind in (audit.OWED, audit.UNWATCHED, audit.LOST, audit.UNSAID)]
    untold = [one.subject for one in again if one.kind in (audit.LOST, audit.UNSAID)]
    unheard = [one.subject for one in found.first if one.kind == audit.UNHEARD]
    with app.transactions.write() as connection:
        ledger.tell_again(connection, untold, {one.item for one in again if one.item}, now)
        ledger.queue_again(connection, unheard, now)
    return len(again) + len(unheard)


def _then(app: App, now: datetime) -> datetime:
    """The moment (UTC) up to which the plan has had the time for everything."""
    grace = timedelta(minutes=GRACE_INTERVALS * app.config.settings.schedule.plan_minutes)
    return audit.working_time_ago(now, grace, app.config.policy.hours, app.workdays)


def _items(app: App, now: datetime, then: datetime) -> Iterator[tuple[list[audit.Difference], int]]:
    """The differences of each part of the open items, and how many items it has."""
    after: str | None = ""
    while after is not None:
        with app.transactions.read() as connection:
            stored, after = ledger.open_items(connection, after, PART, documents_since(app.config))
            yield _part(app, connection, stored, now, then), len(stored)


def _part(
    app: App, connection: Connection, stored: dict[str, ledger.Stored], now: datetime, then: datetime
) -> list[audit.Difference]:
    # Each by itself: what is checked here must not rest on the ways in which the plan saves time.
    verdicts, cases = judged_singly(connection, list(stored), app.standards, now)
    considered = consider(connection, _open(cases), app.round(connection, now))
    next_at = considered.next_at
    found: list[audit.Difference] = []
    for one in verdicts:
        if one.trouble is None and not one.finished:
            found += audit.unwatched(one.item, stored[one.item].next_at, next_moment(one, next_at))
    if considered.owing:
        fresh = {item for item in considered.owing if stored[item].is_fresh(then)}
        before = _considered_then(app, connection, considered.owing - fresh, then)
        found += audit.owed(considered.decisions, before.decisions, fresh)
    return found


def _considered_then(app: App, connection: Connection, items: set[str], then: datetime) -> Considered:
    """What was decided of these items ``then``, by what had arrived until then."""
    _, cases = judged_singly(connection, sorted(items), app.standards, then, seen_by=then)
    return consider(connection, _open(cases), round_at(app, connection, then))


def _open(cases: Iterable[Case]) -> list[Case]:
    return [case for case in cases if not case.closed]


def round_at(app: App, connection: Connection, moment: datetime) -> Round:
    """What a planning round at ``moment`` (UTC), in the past, went by."""
    return replace(app, clock=lambda: moment).round(connection, moment)


def _codes(app: App, now: datetime, then: datetime) -> list[audit.Difference]:
    """What the counter ought to have been told of in this day's mail, once the plan has had its time of the day."""
    if local(then).date() != local(now).date() or not app.is_open(then, Role.COUNTER):
        return []
    with app.transactions.read() as connection:
        new = untold(app, connection, now)
        return list(audit.untold_codes(new, ledger.fresh_of(connection, {one.item for one in new}, then)))


def _unsaid(connection: Connection, since: datetime) -> list[audit.Difference]:
    """Notices decided after ``since`` (UTC) that stand in no mail: hardly ever any, so only these are looked for."""
    found: list[audit.Difference] = []
    for moment in ledger.rounds_since(connection, since):
        found += audit.unsaid(*ledger.told_in_round(connection, moment))
    elsewhere = ledger.said_elsewhere(connection, [one.subject for one in found], since)
    return [one for one in found if one.subject not in elsewhere]


def _late(app: App, connection: Connection, now: datetime, then: datetime) -> Iterable[audit.Difference]:
    held = any(round_at(app, connection, moment).blind for moment in (now, then))
    waiting = [_queued(app, mail) for mail in ledger.mails_in(connection, WAITING)]

    @cache
    def in_hours_of(audience: str | None) -> datetime:
        hours = app.config.policy.hours.of(Role(audience) if audience in set(Role) else None)
        return audit.working_time_ago(now, audit.LATE, hours, app.workdays)

    always = now - audit.LATE
    return audit.late(
        waiting, lambda mail: in_hours_of(mail.audience) if mail.kind in HOURS_ONLY else always, held=held
    )


def _report(app: App, connection: Connection, now: datetime, then: datetime) -> Iterator[audit.Difference]:
    """Reports that are owed, were so then, and are not in the outbox."""
    rule = app.config.policy.report
    before = {key_of(period) for period in owed_now(then, rule, app.workdays)}
    for period in owed_now(now, rule, app.workdays):
        if (key := key_of(period)) in before and not mails_about(connection, [key]):
            yield audit.missing_report(period.title, key, due_moment(period, rule.hour, app.workdays))


def _still_holds(app: App, mail: Any, now: datetime) -> bool:
    """Whether what a mail tells is still to be told: any of its lines, where it has lines that can be judged again."""
    if mail.kind != "digest":
        return True
    lines = [Told.of(line) for line in mail.payload["lines"]]
    cases = app.cases({line.item for line in lines}, now)
    ladder = Ladder.of_policy(app.config.policy)
    return bool(judge_again(lines, cases, mail.unit, local(now).date(), ladder, app.workdays).kept)


def _queued(app: App, mail: Any) -> audit.Queued:
    if mail.kind in BY_ROLE:
        role = Role(mail.audience).label if mail.audience in set(Role) else ""
        unit = app.config.units.get(mail.unit) if mail.unit else None
        whom = f"{unit.name if unit else ''}{role}" or KINDS.get(mail.kind, mail.kind)
    else:
        whom = f"{KINDS.get(mail.kind, mail.kind)}的信"
    return audit.Queued(mail.key, mail.kind, mail.level, whom, mail.created_at, mail.outcome, mail.audience)


def _tell(app: App, found: audit.Audited, before: frozenset[str], lasting: frozenset[str], now: datetime) -> None:
    """Queues a mail on what the operator has not been told of, and keeps what lasts."""
    new = lasting - before
    domain = domain_of(app.config.settings.delivery)
    with app.transactions.write() as connection:
        ledger.keep_told(connection, lasting)
        if new:
            paragraphs = [
                f"{local(now):%Y年%m月%d日 %H:%M} 按台账与督办规则核对应发的提醒与信件，"
                f"不符 {found.counts.total()} 处：{found.summary}。",
                *found.listed(MOST_TOLD, before),
                *found.advice(),
                "同样的不符不再重复告知；不符期间不报心跳。",
            ]
            tell_operator(
                connection, app.config.units, domain, f"audit|{now.isoformat()}", "自查发现应发未发", paragraphs, now
            )


def _heartbeat(app: App) -> tuple[str, ...]:
    """Gives the heartbeat if all else is well, too. Returns what kept it from arriving, which is only logged."""
    url = app.config.settings.audit.ping_url
    if url is None:
        return ()
    bad = [finding.sentence for finding in work_findings(app) if not finding.good]
    if bad:
        return (f"健康检查异常，没有报心跳：{'；'.join(bad)}",)
    from monitor.sources.heartbeat import ping

    fault = ping(url.get_secret_value())
    return (f"心跳没有送到：{fault}",) if fault else ()
