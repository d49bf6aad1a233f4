"""What became of a mail that was claimed: its state, the result at each address, and who must hear of it.

All of it is one transaction, so that a crash leaves neither a result without its state nor a refusal that nobody is
told of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import handed, outbox
from alerts.handed import Results
from alerts.hours import local
from alerts.mailer import Receipt, SendError
from alerts.operator import tell_operator
from alerts.outbox import Claimed
from alerts.post import Delivered, Post

KINDS = {
    "weekly": "逾期周报",
    "monthly": "逾期月报",
    "quarterly": "逾期季报",
    "operator": "系统运维",
    "codes": "项目代码核验",
    "overview": "督办日报",
}
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""How long a mail waits after its first, second … temporary failure; after that always the last."""
KNOWN_BAD = timedelta(days=1)
"""For how long an address of the office that refused a mail is not used to tell of it."""
MARK_TRIES = 3
MOST_ATTEMPTS = 60
"""About two and a half days of waiting; then a mail is given up and the operator told."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the operator is to be told, once per ``key``; ``avoid`` are addresses that are known to take no mail."""

    key: str
    title: str
    paragraphs: list[str]
    avoid: tuple[str, ...] = ()


def settle(
    post: Post,
    mail: Claimed,
    state: str,
    outcome: str,
    result: Delivered,
    *,
    results: Results | None = None,
    words: Sequence[Word] = (),
    **values: Any,
) -> None:
    """Records what came of a mail. Tried a few times: what was sent and could not be marked would be sent again."""
    for left in reversed(range(MARK_TRIES)):
        try:
            with post.write() as connection:
                outbox.mark(connection, mail.id, state, outcome, owner=post.owner, **values)
                handed.record(connection, mail.id, results or {}, post.now, again=mail.attempts > 1)
                for word in words:
                    _tell(connection, post, word)
            break
        except Exception:
            if not left:
                raise
    result.counts[state] += 1


def _tell(connection: Connection, post: Post, word: Word) -> None:
    avoid = set(word.avoid)
    if avoid:
        office = [address for addresses in post.units.office.values() for address in addresses]
        avoid |= handed.refusing(connection, office, post.now - KNOWN_BAD)
    where = (post.units, post.domain, word.key, word.title, word.paragraphs, post.now)
    tell_operator(connection, *where, avoid=avoid)


def taken(
    post: Post,
    mail: Claimed,
    state: str,
    receipt: Receipt,
    subject: str,
    payload: Mapping[str, Any],
    result: Delivered,
    left_out: Sequence[str] = (),
) -> None:
    """The transport took the mail for some of its recipients, for all, or for none."""
    refusals = _refusals(post, mail, receipt, subject)
    result.problems += [f"收件地址被拒收：{address}（{words}）" for address, words in receipt.refused.items()]
    # Mails that are only kept as files reached nobody.
    results = {} if state == "kept" else handed.of_receipt(receipt)
    if not receipt.accepted:
        # Nobody got it: a relay that is set up wrongly refuses everyone, so the mail waits for somebody to mend that.
        said = _listed({**receipt.refused, **receipt.put_off})
        failed(post, mail, SendError(f"没有一个收件地址被接受：{said}"), result, results=results, words=refusals)
        return
    if receipt.put_off and mail.attempts < MOST_ATTEMPTS:
        outcome = "其余收件人已收到，稍后再投：" + _listed(receipt.put_off)
        left = {"recipients": {**mail.recipients, "left": list(receipt.put_off)}, "payload": dict(payload)}
        later = post.now + _wait(mail)
        settle(
            post, mail, "pending", outcome, result, results=results, words=refusals, next_try_at=later, **left
        )  # fmt: skip
        return
    outcome = "已发送" if state == "sent" else "未开启发信，已存为文件"
    refused = {**receipt.refused, **receipt.put_off}
    outcome += "；拒收：" + _listed(refused) if refused else ""
    outcome += "；附件过大未随信：" + "、".join(left_out) if left_out else ""
    # Kept as it went out: a line that was dropped from it was told to nobody.
    went = {} if payload is mail.payload else {"payload": dict(payload)}
    told = [*refusals, *_left_out(post, mail, subject, left_out)]
    settle(
        post, mail, state, outcome, result, results=results, words=told, sent_at=post.now, subject=subject, **went
    )  # fmt: skip


def failed(
    post: Post,
    mail: Claimed,
    error: SendError,
    result: Delivered,
    *,
    results: Results | None = None,
    words: Sequence[Word] = (),
) -> None:
    """The mail did not go out, or it is not known whether it did."""
    # One connection that is refused while others send is no relay that is down.
    result.relay_down |= error.relay and not result.counts["sent"]
    if error.message not in result.problems:
        result.problems.append(error.message)
    if error.permanent:
        give_up(post, mail, error.message, result)
    elif error.unknown:
        _unknown(post, mail, error, result)
    elif mail.attempts >= MOST_ATTEMPTS and not error.relay:
        give_up(post, mail, f"已试 {mail.attempts} 次：{error.message}", result, results=results, words=words)
    else:
        later = post.now + _wait(mail)
        settle(post, mail, "pending", error.message, result, results=results, words=words, next_try_at=later)


def give_up(
    post: Post,
    mail: Claimed,
    why: str,
    result: Delivered,
    *,
    results: Results | None = None,
    words: Sequence[Word] = (),
) -> None:
    """The mail has failed for good, and the operator is told; never of a mail to the operator alone."""
    told = list(words)
    if mail.kind != "operator":
        key = f"failed|{local(post.now).date()}|{why[:60]}"
        more = "同样原因的不再逐封告知；用 approval-monitor mails --state failed 查看，改好后用 mails resend 重发。"
        told.append(Word(key, "有信件发送失败", [f"致{_addressee(mail)}的信件未能发出：{why}。", more]))
    settle(post, mail, "failed", why, result, results=results, words=told, next_try_at=post.now)
    if why not in result.problems:
        result.problems.append(why)


def _unknown(post: Post, mail: Claimed, error: SendError, result: Delivered) -> None:
    """The relay had the text and gave no answer: by the policy, once more with the same Message-ID, or left visible."""
    results = handed.of_receipt(error.receipt, "unknown") if error.receipt else {}
    rule = post.policy.unknown_outcome.of(mail.level) if mail.kind == "digest" else "send_again_once"  # type: ignore[arg-type]
    if rule == "send_again_once" and mail.unknowns == 0:
        again: dict[str, Any] = {"next_try_at": post.now + WAITS[1], "unknowns": mail.unknowns + 1}
        said = error.message + "，将以同一 Message-ID 再发一次"
        settle(post, mail, "pending", said, result, results=results, **again)
        return
    said = (
        f"致{_addressee(mail)}的信件已交给邮件服务器，但没有得到答复，可能已经送达，所以没有再发。"
        "请在邮件服务器上核实，再用 approval-monitor mails settle 记下结果，或用 mails resend 重发。"
    )
    more = "当天其他结果不明的信件不再逐封告知，用 approval-monitor mails --state unknown 查看。"
    word = Word(f"unknown|{local(post.now).date()}", "有信件结果不明", [said, more])
    values: dict[str, Any] = {"sent_at": post.now, "unknowns": mail.unknowns + 1}
    settle(post, mail, "unknown", error.message, result, results=results, words=[word], **values)


def _refusals(post: Post, mail: Claimed, receipt: Receipt, subject: str) -> list[Word]:
    """The operator hears of an address that is refused once a day, by an address that is not refused itself."""
    told = []
    for address, words in receipt.refused.items():
        paragraphs = [f"信件“{subject}”：{address}（{words}）。请核对 units.toml 中的这个地址。"]
        if mail.kind == "operator" and not receipt.accepted:
            paragraphs += ["原信内容如下：", *mail.payload.get("paragraphs", ())]
        key = f"refused|{address}|{local(post.now).date()}"
        told.append(Word(key, "有收件地址被拒收", paragraphs, tuple(receipt.refused)))
    return told


def _left_out(post: Post, mail: Claimed, subject: str, names: Sequence[str]) -> list[Word]:
    if not names or mail.kind == "operator":
        return []
    said = f"信件“{subject}”超过邮件大小的上限，以下附件没有随信发送：{'、'.join(names)}。信中已向收件人说明。"
    advice = "请与邮件服务器的管理员商定更大的上限，并相应调整 [delivery] 的 max_mail_kib。"
    return [Word(f"large|{local(post.now).date()}", "有附件过大未能发送", [said, advice])]


def _addressee(mail: Claimed) -> str:
    return mail.payload.get("unit_name") or KINDS.get(mail.kind, mail.kind)


def _wait(mail: Claimed) -> timedelta:
    return WAITS[min(mail.attempts, len(WAITS)) - 1]


def _listed(addresses: Mapping[str, str]) -> str:
    return "；".join(f"{address}（{words}）" for address, words in addresses.items())
