"""One delivery round: claim | judge again | render | SMTP | mark — mail by mail, on several kept connections.

A mail that cannot be rendered or sent is marked and told to the operator; it never stops the next one.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Connection

from alerts import outbox
from alerts.again import Cases, judge_again
from alerts.codes import finding as codes
from alerts.digest import LEVELS, Line, counts
from alerts.hours import Timetable, Workdays, local
from alerts.mailer import Receipt, SendError, Transport
from alerts.merging import take_in_waiting
from alerts.mime import build
from alerts.notices import ask_by, retire
from alerts.operator import tell_operator
from alerts.outbox import Claimed
from alerts.recipients import resolve
from alerts.render import Rendered, render_codes, render_digest, render_operator, render_overview, render_weekly
from alerts.rules import Ladder
from alerts.threads import thread_headers
from config.policy import Policy, Role
from config.settings import Delivery
from config.units import UnitDirectory

RENDERERS: Mapping[str, Callable[[Mapping[str, Any]], Rendered]] = {
    "digest": render_digest,
    "weekly": render_weekly,
    "operator": render_operator,
    "codes": render_codes,
    "overview": render_overview,
}
KINDS = {"weekly": "逾期周报", "operator": "系统运维", "codes": "项目代码核验", "overview": "督办日报"}
BY_ROLE = ("digest", "codes")
"""Kinds whose addresses are looked up again by their role, and whose lines are judged again, when they leave."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""How long a mail waits after its first, second … temporary failure; after that always the last."""
ROUND_SECONDS = 300
HELD_FOR = timedelta(minutes=10)
MARK_TRIES = 3
MOST_ATTEMPTS = 60
"""About two and a half days of waiting; then a mail is given up and the operator told."""

Refresh = Callable[[Collection[str]], Cases]
"""Item numbers → the cases of these items as they are now, by (item, clock)."""
LookAgain = Callable[[Connection, Collection[str]], None]
"""Has items decided on again by the next planning round: something that was owed for them was not told after all."""


def nothing_to_look_at(_connection: Connection, _items: Collection[str]) -> None:
    """Nobody decides again."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery round works with. ``write`` opens a transaction; ``refresh`` and ``recheck`` judge items again.

    ``data_as_of`` and ``blind`` are the state of the platform's data now, which may not be that of the planning.
    """

    write: Callable[[], AbstractContextManager[Connection]]
    refresh: Refresh
    policy: Policy
    units: UnitDirectory
    delivery: Delivery
    owner: str
    is_dead: Callable[[str], bool]
    now: datetime
    workdays: Workdays
    data_as_of: datetime | None = None
    blind: bool = False
    recheck: codes.Recheck = codes.nothing_known
    look_again: LookAgain = nothing_to_look_at

    @property
    def closed(self) -> frozenset[Role | None]:
        """The audiences whose mails wait for their hours."""
        return Timetable(self.policy.hours, self.workdays).closed(self.now)

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
    began = time.monotonic()
    try:
        # Leases and office hours are those of the round's beginning, so a round does not go on for ever.
        while not result.relay_down and not stop() and time.monotonic() - began < ROUND_SECONDS:
            with post.write() as connection:
                mail = outbox.claim(connection, post.owner, post.now, closed=post.closed)
                # While escalations are held, a reminder must not be held with one.
                mail = take_in_waiting(connection, mail, post.now) if mail and not post.blind else mail
            if mail is None or not await _one(post, transport, mail, result):
                return
    finally:
        await transport.close()


async def _one(post: Post, transport: Transport, mail: Claimed, result: Delivered) -> bool:
    """Sends one mail. False when the connection cannot be used any further in this round."""
    if post.blind and mail.level != "reminder" and mail.kind == "digest":
        _mark(post, mail, "pending", "平台数据已过期，督办暂缓", result, next_try_at=post.now + HELD_FOR)
        return True
    mail = _addressed_now(post, mail)
    cases, coded = _as_they_are(post, mail), codes.as_they_are(mail.kind, mail.payload, post.recheck)
    try:
        payload, dropped = _judged_again(post, mail, cases, coded)
        made = _made(post, mail, payload) if payload is not None and addressed(mail) else None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not hold up the others
        _give_up(post, mail, f"信件无法生成（{type(error).__name__}: {error}）", result)
        return True
    if dropped:
        _let_go(post, mail, dropped)
    _ask_from_today(post, mail, payload)
    if payload is None:
        _mark(post, mail, "dropped", "发送前重新判断：所列办件均已不需要提醒", result)
        return True
    if made is None:
        _give_up(post, mail, "没有任何收件地址，请在 units.toml 中填写", result)
        return True
    rendered, message = made
    try:
        receipt = await transport.send(message, post.sender, addressed(mail))
    except SendError as error:
        _failed(post, mail, error, result)
        return not error.relay
    _taken(post, mail, transport.state, receipt, rendered.subject, payload, result)
    return True


def _addressed_now(post: Post, mail: Claimed) -> Claimed:
    """The mail with the addresses as they are configured now: a corrected one helps the mails that wait for it."""
    if mail.kind not in BY_ROLE or mail.recipients.get("left") or mail.audience not in set(Role):
        return mail
    copies = [Role(copy) for copy in mail.recipients.get("copies", ())]
    now = resolve(Role(mail.audience), copies, mail.unit, post.units)
    return replace(mail, recipients=now.to_json()) if now.all else mail


def addressed(mail: Claimed) -> tuple[str, ...]:
    """Whom the mail is still to be handed over for: all, or those a relay put off when the others got it."""
    left = mail.recipients.get("left")
    return tuple(left) if left else (*mail.recipients["to"], *mail.recipients["cc"])


def _let_go(post: Post, mail: Claimed, dropped: Collection[str]) -> None:
    """Notices that are not sent after all can be owed again, unless another mail of the round tells them."""
    with post.write() as connection:
        told = {line["key"] for payload in outbox.others_of_round(connection, mail) for line in payload["lines"]}
        untold = [key for key in dropped if key not in told]
        retire(connection, untold, "dropped", post.now)
        post.look_again(connection, {key.partition("|")[0] for key in untold})


def _ask_from_today(post: Post, mail: Claimed, payload: Mapping[str, Any] | None) -> None:
    """A mail that waited asks for its answers by later dates; they are on record before it can be read."""
    if payload is None or payload is mail.payload or mail.kind != "digest":
        return
    before = {line["key"]: line.get("answer_by") for line in mail.payload["lines"]}
    later = {line["key"]: line["answer_by"] for line in payload["lines"] if line["answer_by"] != before[line["key"]]}
    if later:
        with post.write() as connection:
            ask_by(connection, {key: date.fromisoformat(by) for key, by in later.items() if by})


def _made(post: Post, mail: Claimed, payload: Mapping[str, Any]) -> tuple[Rendered, EmailMessage]:
    to, cc = mail.recipients["to"], mail.recipients["cc"]
    listing = {"most": post.policy.lines_per_mail, "attach_list": post.policy.attach_list}
    rendered = RENDERERS[mail.kind]({**payload, **listing} if mail.kind == "digest" else payload)
    message = build(
        rendered, sender=post.sender, sender_name=post.delivery.sender_name, to=to, cc=cc,
        message_id=mail.message_id, date=mail.created_at, reply_to=post.delivery.reply_to,
        headers=_headers(mail),
    )  # fmt: skip
    return rendered, message


def _headers(mail: Claimed) -> dict[str, str]:
    unit = KINDS.get(mail.kind) or mail.payload.get("unit_name")
    named = {"X-Approval-Unit": unit, "X-Approval-Audience": _audience(mail.audience) or "通报"}
    thread = thread_headers(mail.kind, mail.unit, mail.payload.get("unit_name") or "", mail.audience)
    return {name: value for name, value in named.items() if value} | thread


def _audience(audience: str | None) -> str:
    return Role(audience).label if audience in set(Role) else ""


def _as_they_are(post: Post, mail: Claimed) -> Cases:
    """The cases a digest lists as they are now; none for a payload that cannot be read, which making it will tell."""
    try:
        items = {line["case"]["item"] for line in mail.payload["lines"]} if mail.kind == "digest" else set()
    except (KeyError, TypeError):
        return {}
    return post.refresh(items) if items else {}


def _judged_again(
    post: Post, mail: Claimed, cases: Cases, coded: Mapping[str, codes.Coded]
) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The payload with its lines as they are now (None when none holds any more), and the keys of those dropped.

    A mail that some of its recipients have already got is not changed for the rest.
    """
    if mail.kind not in BY_ROLE or mail.recipients.get("left"):
        return mail.payload, []
    state = {
        "made_at": post.now.isoformat(),
        "data_as_of": post.data_as_of.isoformat() if post.data_as_of else None,
        "stale": post.blind,
    }
    if mail.kind == "codes":
        return codes.judged_again(mail.payload, coded, state)
    lines = [Line.from_json(line) for line in mail.payload["lines"]]
    ladder = Ladder.of_policy(post.policy)
    again = judge_again(lines, cases, mail.unit, local(post.now).date(), ladder, post.workdays)
    dropped = [line.key for line, _ in again.dropped]
    if not again.kept:
        return None, dropped
    overdue, near = counts(again.kept)
    kept = {line.case.key for line in again.kept}
    fresh: dict[str, Any] = {
        "overdue": overdue,
        "near": near,
        "level": max((line.level for line in again.kept), key=LEVELS.index),
        "lines": [line.to_json() for line in again.kept],
        "dropped": [f"{line.case.item}：{why}" for line, why in again.dropped if line.case.key not in kept],
        **state,
    }
    return {**mail.payload, **fresh}, dropped


def _mark(post: Post, mail: Claimed, state: str, outcome: str, result: Delivered, **values: Any) -> None:
    """Records what came of a mail. Tried a few times: what was sent and could not be marked would be sent again."""
    for left in reversed(range(MARK_TRIES)):
        try:
            with post.write() as connection:
                outbox.mark(connection, mail.id, state, outcome, owner=post.owner, **values)
            break
        except Exception:
            if not left:
                raise
    result.counts[state] += 1


def _taken(
    post: Post, mail: Claimed, state: str, receipt: Receipt, subject: str, payload: Mapping[str, Any], result: Delivered
) -> None:
    if not receipt.accepted:
        # Nobody got it: a relay that is set up wrongly refuses everyone, so the mail waits for somebody to mend that.
        _tell_of_refusals(post, receipt, subject, result)
        words = _listed({**receipt.refused, **receipt.put_off})
        _failed(post, mail, SendError(f"没有一个收件地址被接受：{words}"), result)
        return
    if receipt.put_off and mail.attempts < MOST_ATTEMPTS:
        left = {"recipients": {**mail.recipients, "left": list(receipt.put_off)}, "payload": dict(payload)}
        outcome = "其余收件人已收到，稍后再投：" + _listed(receipt.put_off)
        _mark(post, mail, "pending", outcome, result, next_try_at=post.now + _wait(mail), **left)
    else:
        outcome = "已发送" if state == "sent" else "未开启发信，已存为文件"
        refused = {**receipt.refused, **receipt.put_off}
        outcome += "；拒收：" + _listed(refused) if refused else ""
        # Kept as it went out: a line that was dropped from it was told to nobody.
        went = {} if payload is mail.payload else {"payload": dict(payload)}
        _mark(post, mail, state, outcome, result, sent_at=post.now, subject=subject, **went)
    _tell_of_refusals(post, receipt, subject, result)


def _tell_of_refusals(post: Post, receipt: Receipt, subject: str, result: Delivered) -> None:
    for address, words in receipt.refused.items():
        result.problems.append(f"收件地址被拒收：{address}（{words}）")
        key = f"refused|{address}|{local(post.now).date()}"
        _tell_operator(post, key, "有收件地址被拒收", [f"信件“{subject}”：{address}（{words}）。"])


def _wait(mail: Claimed) -> timedelta:
    return WAITS[min(mail.attempts, len(WAITS)) - 1]


def _listed(addresses: Mapping[str, str]) -> str:
    return "；".join(f"{address}（{words}）" for address, words in addresses.items())


def _failed(post: Post, mail: Claimed, error: SendError, result: Delivered) -> None:
    # One connection that is refused while others send is no relay that is down.
    result.relay_down |= error.relay and not result.counts["sent"]
    if error.message not in result.problems:
        result.problems.append(error.message)
    if error.permanent:
        _give_up(post, mail, error.message, result)
    elif error.unknown:
        _unknown(post, mail, error, result)
    elif mail.attempts >= MOST_ATTEMPTS and not error.relay:
        _give_up(post, mail, f"已试 {mail.attempts} 次：{error.message}", result)
    else:
        _mark(post, mail, "pending", error.message, result, next_try_at=post.now + _wait(mail))


def _unknown(post: Post, mail: Claimed, error: SendError, result: Delivered) -> None:
    """The relay had the text and gave no answer: by the policy, once more with the same Message-ID, or left visible."""
    rule = post.policy.unknown_outcome.of(mail.level) if mail.kind == "digest" else "send_again_once"  # type: ignore[arg-type]
    if rule == "send_again_once" and mail.unknowns == 0:
        again = {"next_try_at": post.now + WAITS[1], "unknowns": mail.unknowns + 1}
        _mark(post, mail, "pending", error.message + "，将以同一 Message-ID 再发一次", result, **again)
        return
    _mark(post, mail, "unknown", error.message, result, sent_at=post.now, unknowns=mail.unknowns + 1)
    who = mail.payload.get("unit_name") or KINDS.get(mail.kind, mail.kind)
    key = f"unknown|{local(post.now).date()}"
    said = f"致{who}的信件已交给邮件服务器，但没有得到答复，可能已经送达，所以没有再发。请在邮件服务器上核实。"
    _tell_operator(
        post, key, "有信件结果不明", [said, "当天其他结果不明的信件不再逐封告知，总数见 approval-monitor health。"]
    )


def _give_up(post: Post, mail: Claimed, why: str, result: Delivered) -> None:
    _mark(post, mail, "failed", why, result, next_try_at=post.now)
    result.problems.append(why)
    if mail.kind != "operator":
        who = mail.payload.get("unit_name") or mail.kind
        key = f"failed|{local(post.now).date()}|{why[:60]}"
        more = "同样原因的其他信件不再逐封告知，总数见 approval-monitor health。"
        _tell_operator(post, key, "有信件发送失败", [f"致{who}的信件未能发出：{why}。", more])


def _tell_operator(post: Post, key: str, title: str, paragraphs: list[str]) -> None:
    with post.write() as connection:
        tell_operator(connection, post.units, post.domain, key, title, paragraphs, post.now)
