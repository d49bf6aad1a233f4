"""A unit's extract as a mail: what its templates show of it. Pure."""

from collections.abc import Mapping
from typing import Any

from alerts.wording import FOOTER, data_line, long_moment, stale_warning

SHOWN = 100
"""How many lines of each list the mail shows; the rest is a number."""
LISTS = (
    ("overdue", "逾期事项", ("card", "overdue_working_days_text", "steps_sent", "reason_given")),
    ("stage_late", "环节超时", ("clock_text", "overdue_text")),
    ("unanswered", "尚未答复的督办", ("level_text", "sent_text", "answer_by_text")),
    ("due_next", "即将到期", ()),
    ("paused", "计时暂停", ("paused_kind", "paused_since_text")),
    ("held", "暂停督促", ("why", "until_text")),
)
"""Name of a list, its title, and the words that stand beside each line's matter and project."""
HEADS = {
    "overdue_working_days_text": "",
    "steps_sent": "已发：",
    "reason_given": "原因：",
    "sent_text": "发出 ",
    "answer_by_text": "应于该日前答复：",
    "paused_since_text": "自 ",
    "until_text": "至 ",
}


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the templates from what ``extract`` made."""
    return {
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "period": payload["period"],
        "unit": payload["unit"],
        "total": payload["total"],
        "summary": payload["summary"],
        "lists": [_list(name, title, words, payload[name]) for name, title, words in LISTS if payload[name]],
        "findings": [
            {"name": line["matter"], "plain": line["project"], "item": line["item"], "words": line["reason"]}
            for line in payload["findings"][:SHOWN]
        ],
        "findings_more": max(0, len(payload["findings"]) - SHOWN),
        "rules": payload["rules"],
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def _list(name: str, title: str, words: tuple[str, ...], lines: list[Mapping[str, Any]]) -> dict[str, Any]:
    shown = [
        {
            "name": line.get("matter", line.get("name")),
            "plain": line.get("project", line.get("scope_text", "")),
            "item": line.get("item", line.get("target")),
            "due": line.get("due_text", ""),
            "words": "；".join(f"{HEADS.get(word, '')}{line[word]}" for word in words if line[word] != "—"),
        }
        for line in lines[:SHOWN]
    ]
    return {"name": name, "title": title, "count": len(lines), "lines": shown, "more": max(0, len(lines) - SHOWN)}
