"""One delivery round: claim | judge again | render | SMTP | mark — mail by mail, on several kept connections.

A mail that cannot be rendered or sent is marked and told to the operator; it never stops the next one.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

from alerts import fitting, outbox
from alerts.again import Cases, Told, judge_again
from alerts.codes import finding as codes
from alerts.digest import LEVELS, Line, counts
from alerts.hours import local
from alerts.letters.attach import NotStoredError
from alerts.mailer import Receipt, SendError, TooLargeError, Transport
from alerts.merging import take_in_waiting
from alerts.mime import build
from alerts.notices import ask_by, retire
from alerts.outbox import Claimed
from alerts.outcome import KINDS as KINDS
from alerts.outcome import failed, give_up, settle, taken
from alerts.post import Delivered as Delivered
from alerts.post import Post as Post
from alerts.post import domain_of as domain_of
from alerts.recipients import resolve
from alerts.render import (
    Rendered,
    render_codes,
    render_digest,
    render_extract,
    render_operator,
    render_overview,
    render_weekly,
)
from alerts.rules import ANSWER, Ladder
from alerts.threads import thread_headers
from config.policy import Role

RENDERERS: Mapping[str, Callable[[Mapping[str, Any]], Rendered]] = {
    "digest": render_digest,
    "weekly": render_weekly,
    "monthly": render_weekly,
    "quarterly": render_weekly,
    "extract": render_extract,
    "operator": render_operator,
    "codes": render_codes,
    "overview": render_overview,
}
BY_ROLE = ("digest", "codes")
"""Kinds whose addresses are looked up again by their role, and whose lines are judged again, when they leave."""
ROUND_SECONDS = 300
HELD_FOR = timedelta(minutes=10)
PAUSE_SECONDS = 1.0
"""The longest pause between two looks whether the round is to stop."""


async def deliver(post: Post, transports: Sequence[Transport], stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Sends what is due, one worker a transport, until nothing is left, the relay is down, or ``stop()``."""
    result = Delivered()
    with post.write() as connection:
        result.counts["released"] = outbox.release_abandoned(connection, post.now, post.is_dead)
    await asyncio.gather(*(_work(post, transport, result, stop) for transport in transports))
    return result


async def _work(post: Post, transport: Transport, result: Delivered, stop: Callable[[], bool]) -> None:
    began = post.ticks()
    try:
        # Leases and office hours are those of the round's beginning, so a round does not go on for ever.
        while not result.relay_down and not stop() and post.ticks() - began < ROUND_SECONDS:
            if transport.state == "sent" and (wait := post.pace.wait(post.ticks())):
                await post.pause(min(wait, PAUSE_SECONDS))
                continue
            # Nothing is awaited from the look at the pace to the claim, so no other worker comes in between.
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
        settle(post, mail, "pending", "平台数据已过期，督办暂缓", result, next_try_at=post.now + HELD_FOR)
        return True
    mail = _addressed_now(post, mail)
    cases, coded = _as_they_are(post, mail), codes.as_they_are(mail.kind, mail.payload, post.recheck)
    try:
        now = _judged_again(post, mail, cases, coded)
        payload, dropped = now.payload, now.dropped
        rendered = _rendered(post, mail, payload, now.lines) if payload is not None and addressed(mail) else None
        message = _message(post, mail, rendered) if rendered is not None else None
    except NotStoredError as error:
        settle(post, mail, "pending", f"函件没有存下：{error}", result, next_try_at=post.now + HELD_FOR)
        return True
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not hold up the others
        give_up(post, mail, f"信件无法生成（{type(error).__name__}: {error}）", result)
        return True
    if dropped:
        _let_go(post, mail, dropped)
    _ask_from_today(post, mail, payload)
    if payload is None:
        settle(post, mail, "dropped", "发送前重新判断：所列办件均已不需要提醒", result)
        return True
    if rendered is None or message is None:
        give_up(post, mail, "没有任何收件地址，请在 units.toml 中填写", result)
        return True
    try:
        receipt, left_out = await _hand_over(post, transport, mail, rendered, message)
    except SendError as error:
        failed(post, mail, error, result)
        return not error.relay
    taken(post, mail, transport.state, receipt, rendered.subject, payload, result, left_out)
    return True


async def _hand_over(
    post: Post, transport: Transport, mail: Claimed, rendered: Rendered, message: EmailMessage
) -> tuple[Receipt, list[str]]:
    """Hands the mail over; while it is too large, without its largest attachment, whose names are returned.

    Raises SendError; for good when the mail is too large with nothing attached any more.
    """
    left_out: list[str] = []
    if transport.state == "sent":
        post.pace.take(post.ticks())
    while True:
        try:
            return await transport.send(message, post.sender, addressed(mail)), left_out
        except TooLargeError:
            if (less := fitting.lighter(rendered)) is None:
                raise
            rendered, dropped = less
            left_out.append(f"{dropped.name}（{fitting.kib(len(dropped.content))} KiB）")
            message = _message(post, mail, rendered)


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


def _rendered(post: Post, mail: Claimed, payload: Mapping[str, Any], lines: Sequence[Line] | None) -> Rendered:
    if mail.kind != "digest":
        return RENDERERS[mail.kind](payload)
    letters = post.letters(mail, payload)
    titles = list(dict.fromkeys(letter.title for letter in letters))
    listing = {"most": post.policy.lines_per_mail, "attach_list": post.policy.attach_list, "letters": titles}
    rendered = render_digest({**payload, **listing}, lines)
    return replace(rendered, attachments=(*rendered.attachments, *letters))


def _message(post: Post, mail: Claimed, rendered: Rendered) -> EmailMessage:
    to, cc = mail.recipients["to"], mail.recipients["cc"]
    return build(
        rendered, sender=post.sender, sender_name=post.delivery.sender_name, to=to, cc=cc,
        message_id=mail.message_id, date=mail.created_at, reply_to=post.delivery.reply_to,
        headers=_headers(mail),
    )  # fmt: skip


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
        told = [line["case"] for line in mail.payload["lines"]] if mail.kind == "digest" else []
        items, answers = {case["item"] for case in told}, any(case["clock"] == ANSWER for case in told)
    except (KeyError, TypeError):
        return {}
    return post.refresh(items, answers=answers) if items else {}


@dataclass(frozen=True, slots=True)
class _Now:
    """A mail as it would leave now: its payload (None when no line holds any more), and the keys of lines dropped.

    ``lines``: of a digest that was judged again, those of the payload.
    """

    payload: Mapping[str, Any] | None
    dropped: Sequence[str] = ()
    lines: Sequence[Line] | None = None


def _judged_again(post: Post, mail: Claimed, cases: Cases, coded: Mapping[str, codes.Coded]) -> _Now:
    """A mail that some of its recipients have already got is not changed for the rest."""
    if mail.kind not in (*BY_ROLE, "operator") or mail.recipients.get("left"):
        return _Now(mail.payload)
    as_of = {"data_as_of": post.data_as_of.isoformat() if post.data_as_of else None, "stale": post.blind}
    if mail.kind == "operator":
        return _Now({**mail.payload, **as_of})
    state = {"made_at": post.now.isoformat(), **as_of}
    if mail.kind == "codes":
        return _Now(*codes.judged_again(mail.payload, coded, state))
    lines = [Told.of(line) for line in mail.payload["lines"]]
    ladder = Ladder.of_policy(post.policy)
    again = judge_again(lines, cases, mail.unit, local(post.now).date(), ladder, post.workdays)
    dropped = [line.key for line, _ in again.dropped]
    if not again.kept:
        return _Now(None, dropped)
    overdue, near = counts(again.kept)
    kept = {line.case.key for line in again.kept}
    fresh: dict[str, Any] = {
        "overdue": overdue,
        "near": near,
        "level": max((line.level for line in again.kept), key=LEVELS.index),
        "lines": [line.to_json() for line in again.kept],
        "dropped": [f"{line.item}：{why}" for line, why in again.dropped if (line.item, line.clock) not in kept],
        **state,
    }
    return _Now({**mail.payload, **fresh}, dropped, again.kept)
