"""One delivery round: claim | judge again | render | SMTP | mark — mail by mail, on several kept connections.

A mail that cannot be rendered or sent is marked and told to the operator; it never stops the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import outbox
from alerts.case import Case
from alerts.digest import LEVELS, Line, counts, severity
from alerts.mailer import Receipt, SendError, Transport
from alerts.mime import build
from alerts.outbox import Claimed, Outgoing
from alerts.recipients import Recipients
from alerts.render import Rendered, render_digest, render_operator, render_weekly
from alerts.rules import holds
from config.policy import Policy, Role, Step
from config.settings import Delivery
from config.units import UnitDirectory

RENDERERS: Mapping[str, Callable[[Mapping[str, Any]], Rendered]] = {
    "digest": render_digest,
    "weekly": render_weekly,
    "operator": render_operator,
}
KINDS = {"weekly": "逾期周报", "operator": "系统运维"}
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""How long a mail waits after its first, second … temporary failure; after that always the last."""
MOST_ATTEMPTS = 60
"""About two and a half days of waiting; then a mail is given up and the operator told."""

Refresh = Callable[[Collection[str]], Mapping[tuple[str, str], Case]]
"""Item numbers → the cases of these items as they are now, by (item, clock)."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery round works with. ``write`` opens a transaction; ``refresh`` judges items again."""

    write: Callable[[], AbstractContextManager[Connection]]
    refresh: Refresh
    policy: Policy
    units: UnitDirectory
    delivery: Delivery
    owner: str
    is_dead: Callable[[str], bool]
    now: datetime
    office_hours: bool

    @property
    def sender(self) -> str:
        """The address mails come from."""
        return self.delivery.sender or f"approval-monitor@{self.domain}"

    @property
    def domain(self) -> str:
        """The domain of Message-IDs."""
        return domain_of(self.delivery)


def domain_of(delivery: Delivery) -> str:
    """The domain of the sender, which Message-IDs carry."""
    return (delivery.sender or "").rpartition("@")[2] or "approval-monitor.invalid"


@dataclass(slots=True)
class Delivered:
    """What a round came to: mails by what became of them, and sentences on what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    relay_down: bool = False


async def deliver(post: Post, transports: Sequence[Transport], stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Sends what is due, one worker a transport, until nothing is left, the relay is down, or ``stop()``."""
    result = Delivered()
    with post.write() as connection:
        result.counts["released"] = outbox.release_abandoned(connection, post.now, post.is_dead)
    await asyncio.gather(*(_work(post, transport, result, stop) for transport in transports))
    return result


async def _work(post: Post, transport: Transport, result: Delivered, stop: Callable[[], bool]) -> None:
    try:
        while not result.relay_down and not stop():
            with post.write() as connection:
                mail = outbox.claim(connection, post.owner, post.now, office_hours=post.office_hours)
            if mail is None:
                return
            await _one(post, transport, mail, result)
    finally:
        await transport.close()


async def _one(post: Post, transport: Transport, mail: Claimed, result: Delivered) -> None:
    payload = _judged_again(post, mail)
    if payload is None:
        _mark(post, mail, "dropped", "发送前重新判断：所列办件均已不需要提醒", result)
        return
    to, cc = tuple(mail.recipients["to"]), tuple(mail.recipients["cc"])
    if not to and not cc:
        _give_up(post, mail, "没有任何收件地址，请在 units.toml 中填写", result)
        return
    try:
        rendered = RENDERERS[mail.kind](payload)
        message = build(
            rendered, sender=post.sender, sender_name=post.delivery.sender_name, to=to, cc=cc,
            message_id=mail.message_id, date=mail.created_at, reply_to=post.delivery.reply_to, headers=_headers(mail),
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not hold up the others
        _give_up(post, mail, f"信件无法生成（{type(error).__name__}: {error}）", result)
        return
    try:
        receipt = await transport.send(message, post.sender, (*to, *cc))
    except SendError as error:
        _failed(post, mail, error, result)
        return
    _taken(post, mail, transport.state, receipt, rendered.subject, result)


def _headers(mail: Claimed) -> dict[str, str]:
    unit = KINDS.get(mail.kind) or mail.payload.get("unit_name")
    named = {"X-Approval-Unit": unit, "X-Approval-Audience": _audience(mail.audience) or "通报"}
    return {name: value for name, value in named.items() if value}


def _audience(audience: str | None) -> str:
    return Role(audience).label if audience in set(Role) else ""


def _judged_again(post: Post, mail: Claimed) -> Mapping[str, Any] | None:
    """The payload with its lines as they are now; None when none of them holds any more."""
    if mail.kind != "digest":
        return mail.payload
    lines = [Line.from_json(line) for line in mail.payload["lines"]]
    cases = post.refresh({line.case.item for line in lines})
    steps = {step.name: step for step in post.policy.ladder}
    kept: list[Line] = []
    dropped: list[str] = []
    for line in lines:
        current = cases.get(line.case.key)
        step = steps.get(line.step)
        if step is not None and _holds(line, current, step):
            kept.append(Line(current or line.case, line.key, line.step, line.level, line.why))
        else:
            dropped.append(f"{line.case.item}：{_changed(current)}")
    if not kept:
        return None
    level = max((line.level for line in kept), key=LEVELS.index)
    kept.sort(key=severity)
    was, now = counts(lines), counts(kept)
    shown = {name: mail.payload[name] + now[n] - was[n] for n, name in enumerate(("overdue", "near"))}
    return {**mail.payload, **shown, "level": level, "lines": [line.to_json() for line in kept], "dropped": dropped}


def _holds(line: Line, current: Case | None, step: Step) -> bool:
    return line.case.due is not None and holds(current, line.case.due, step)


def _changed(case: Case | None) -> str:
    if case is None:
        return "记录已失效"
    if case.closed:
        return "已办结"
    return "计时已暂停" if case.paused else f"期限变更为 {case.due}"


def _mark(post: Post, mail: Claimed, state: str, outcome: str, result: Delivered, **values: Any) -> None:
    with post.write() as connection:
        outbox.mark(connection, mail.id, state, outcome, **values)
    result.counts[state] += 1


def _taken(post: Post, mail: Claimed, state: str, receipt: Receipt, subject: str, result: Delivered) -> None:
    if not receipt.accepted:
        if receipt.put_off:
            _failed(post, mail, SendError("收件人暂时都不被接受：" + _listed(receipt.put_off)), result)
        else:
            _give_up(post, mail, "收件人全部被拒收：" + _listed(receipt.refused), result)
        return
    missed = {**receipt.refused, **receipt.put_off}
    outcome = "已发送" if state == "sent" else "未开启发信，已存为文件"
    if missed:
        outcome += "；拒收：" + _listed(missed)
        _tell_operator(post, f"refused|{mail.key}", "有收件地址被拒收", [f"信件“{subject}”：{_listed(missed)}。"])
        result.problems.append(f"收件地址被拒收：{_listed(missed)}")
    _mark(post, mail, state, outcome, result, sent_at=post.now, subject=subject)


def _listed(addresses: Mapping[str, str]) -> str:
    return "；".join(f"{address}（{words}）" for address, words in addresses.items())


def _failed(post: Post, mail: Claimed, error: SendError, result: Delivered) -> None:
    result.relay_down |= error.relay
    if error.message not in result.problems:
        result.problems.append(error.message)
    if error.permanent:
        _give_up(post, mail, error.message, result)
    elif error.unknown:
        _unknown(post, mail, error, result)
    elif mail.attempts >= MOST_ATTEMPTS:
        _give_up(post, mail, f"已试 {mail.attempts} 次：{error.message}", result)
    else:
        wait = WAITS[min(mail.attempts, len(WAITS)) - 1]
        _mark(post, mail, "pending", error.message, result, next_try_at=post.now + wait)


def _unknown(post: Post, mail: Claimed, error: SendError, result: Delivered) -> None:
    """The relay had the text and gave no answer: by the policy, once more with the same Message-ID, or left visible."""
    rule = post.policy.unknown_outcome.of(mail.level)  # type: ignore[arg-type]
    if rule == "send_again_once" and mail.unknowns == 0:
        again = {"next_try_at": post.now + WAITS[1], "unknowns": mail.unknowns + 1}
        _mark(post, mail, "pending", error.message + "，将以同一 Message-ID 再发一次", result, **again)
        return
    _mark(post, mail, "unknown", error.message, result, sent_at=post.now, unknowns=mail.unknowns + 1)


def _give_up(post: Post, mail: Claimed, why: str, result: Delivered) -> None:
    _mark(post, mail, "failed", why, result)
    result.problems.append(why)
    if mail.kind != "operator":
        who = mail.payload.get("unit_name") or mail.kind
        _tell_operator(post, f"failed|{mail.key}", "有信件发送失败", [f"致{who}的信件未能发出：{why}。"])


def _tell_operator(post: Post, key: str, title: str, paragraphs: list[str]) -> None:
    with post.write() as connection:
        tell_operator(connection, post.units, post.domain, key, title, paragraphs, post.now)


def tell_operator(
    connection: Connection,
    units: UnitDirectory,
    domain: str,
    key: str,
    title: str,
    paragraphs: list[str],
    now: datetime,
    roles: Sequence[Role] = (Role.OPERATOR,),
) -> bool:
    """Queues a mail to those who run the system, once per ``key``; False when it was queued before."""
    to = tuple(dict.fromkeys(address for role in roles for address in units.addresses(role)))
    payload = {"title": title, "paragraphs": paragraphs, "made_at": now.isoformat()}
    return outbox.add(connection, Outgoing(key, "operator", "reminder", Recipients(to), payload), domain, now)
