"""What the daily mail on project codes says. Pure; the templates only set it out."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from alerts.codes.finding import STANDINGS, Coded
from alerts.report.code_rows import finding
from alerts.wording import clean, data_line, due_date, long_moment, moment, stale_warning
from config.policy import Role

TITLE = "项目代码核验情况"
REQUESTS = {
    "received": "以下办件尚未受理。未取得项目代码或者代码未核验通过的，不得受理；请核对更正，通过后再办理受理。",
    "accepted": "以下办件受理时项目代码没有通过核验。请尽快在平台上更正，以后请在受理之前核验。",
    "closed": "以下办件已经办结，平台记录中的项目代码仍未通过核验。请更正平台记录。",
}
FOOTER = (
    "本邮件由审批时限监测系统自动发送，每个工作日至多一封，没有新发现就不发。",
    "“应为”只在能够确定时给出；没有给出的，请对照立项文件核对，不要猜填。",
    "代码确实无误的，请直接回复本邮件，写明办件编号和依据，我们核对。",
)


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """All that the templates show: the new findings by how urgent they are, then how many older ones are open.

    At most ``most`` new findings are listed; the workbook has all of them.
    """
    found = [Coded.from_json(one["coded"]) for one in payload["lines"]]
    older = [Coded.from_json(one["coded"]) for one in payload["older"]]
    waiting = sum(one.standing == "received" for one in found)
    shown = found[: payload["most"]]
    return {
        "day": moment(payload["made_at"]).date().isoformat(),
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "title": TITLE,
        "salutation": f"{Role(payload['audience']).label}，您好！",
        "count": len(found),
        "waiting": waiting,
        "summary": _summary(found),
        "groups": _groups(shown),
        "more": _more(len(found) - len(shown), payload["rest"]),
        "older": _older(older),
        "dropped": [clean(sentence) for sentence in payload.get("dropped", ())],
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def _summary(found: Sequence[Coded]) -> str:
    counts = {words: sum(one.standing == name for one in found) for name, words in STANDINGS.items()}
    parts = [f"{words} {count} 件" for words, count in counts.items() if count]
    stand = f"：{'，'.join(parts)}" if len(parts) > 1 else ""
    repaired = sum(one.repaired is not None for one in found)
    some = "" if repaired == len(found) else f"其中 {repaired} 件的"
    certain = f"{some}正确写法可以确定，已写在“应为”一栏。" if repaired else ""
    return f"新发现 {len(found)} 件办件的项目代码没有填写，或者没有通过核验{stand}。{certain}"


def _groups(found: Sequence[Coded]) -> list[dict[str, Any]]:
    return [
        {"name": STANDINGS[name], "request": REQUESTS[name], "lines": [finding(one) for one in members]}
        for name, members in ((name, list(group)) for name, group in groupby(found, key=lambda one: one.standing))
    ]


def _more(cut: int, rest: int) -> str:
    """What is not listed: only in the workbook, or told on the next working day; "" when all is."""
    parts = [f"另有 {cut} 件，见附件工作簿“新发现”。"] if cut else []
    return "".join([*parts, f"还有 {rest} 件新发现，下一个工作日续报。"] if rest else parts)


def _older(older: Sequence[Coded]) -> str | None:
    """What was told before and is still open, in a sentence; None when there is nothing."""
    if not older:
        return None
    waiting = sum(one.standing == "received" for one in older)
    held = f"，其中 {waiting} 件尚未受理，核验通过之前不得受理" if waiting else ""
    first = min(one.received for one in older)
    return (
        f"以前通知过、至今没有更正的在办件还有 {len(older)} 件{held}；"
        f"最早的是 {due_date(first)} 接件的。清单见附件工作簿“以前通知未更正”。"
    )
