"""What staff put on record, as people and programs are told of it: a record, and what it changed. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from alerts.hours import local
from monitor.clocks import Limit
from monitor.columns import padded, wrapped
from monitor.corrections import CLOSED, EXTENSION, OFFLINE, TITLES
from monitor.side_by_side import NameOf, Standing, limit_words, origin, words

SHOWN: tuple[tuple[str, str], ...] = (
    ("unit_name", "审批单位"),
    ("received", "接件"),
    ("accepted", "受理"),
    ("closed", "办结"),
    ("limit", "承诺时限"),
    ("due", "到期日"),
    ("statutory_due", "法定到期"),
    ("status", "现状"),
)
"""What of an item is compared before and after: name of the JSON field, heading."""


def as_json(one: Standing, name_of: NameOf) -> dict[str, Any]:
    """A record in force with both values, as JSON values; ``at`` is local time."""
    record = one.correction
    return {
        "id": record.id,
        "field": record.field,
        "title": TITLES.get(record.field, record.field),
        "value": record.value,
        "text": words(record.field, record.value, name_of),
        "platform": one.platform,
        "platform_text": None if record.field == EXTENSION else words(record.field, one.platform, name_of),
        "was": record.was,
        "state": _state(one),
        "by": record.by,
        "why": record.why,
        "document": record.document,
        "at": local(record.at).isoformat(),
    }


def _state(one: Standing) -> str:
    return "void" if one.void else "agrees" if one.agrees else "changed" if one.moved else "in_force"


STATES = {
    "void": "不能采用，请撤销",
    "agrees": "平台现已一致，可以撤销",
    "changed": "平台此后有变，请重新确认或撤销",
    "in_force": "",
    "idle": "办件已失效，更正没有作用",
}


def row_json(row: Mapping[str, Any], name_of: NameOf) -> dict[str, Any]:
    """A record as the ledger holds it, as JSON values: withdrawn, or of an item that is no longer judged (idle)."""
    return {
        "id": row["id"],
        "item": row["item"],
        "field": row["field"],
        "title": TITLES.get(row["field"], row["field"]),
        "value": row["value"],
        "text": words(row["field"], row["value"], name_of),
        "was": row["was"],
        "state": "withdrawn" if row["withdrawn_at"] else "idle",
        "by": row["by"],
        "why": row["why"],
        "document": row["document"],
        "at": _moment(row["at"]),
        "withdrawn_at": _moment(row["withdrawn_at"]),
        "withdrawn_by": row["withdrawn_by"],
        "withdrawn_why": row["withdrawn_why"],
    }


def _moment(value: datetime | None) -> str | None:
    return local(value).isoformat() if value else None


def lines_of(record: Mapping[str, Any], item: str | None = None, indent: int = 2) -> Iterator[str]:
    """A record (as JSON values) as lines for a terminal: what counts beside what the platform says, who, when, why."""
    given = "" if record.get("platform_text") is None else f"（{_given(record)}）"
    about = f"{item}　" if item else ""
    yield from wrapped(f"#{record['id']}　{about}{record['title']}　{record['text']}{given}", indent, indent + 4)
    document = f"　{record['document']}" if record["document"] else ""
    yield from wrapped(f"{minute(record['at'])}　{record['by']}：{record['why']}{document}", indent + 4)
    if record["state"] == "withdrawn":
        ended = f"{minute(record['withdrawn_at'])}　{record['withdrawn_by']} 撤销：{record['withdrawn_why']}"
        yield from wrapped(ended, indent + 4)
    elif note := STATES[record["state"]]:
        yield from wrapped(f"！{note}", indent + 4)


def _given(record: Mapping[str, Any]) -> str:
    whose = origin(record["field"])
    if record["platform"] is None:
        return f"{whose}没有" + (f"，{OFFLINE}" if record["field"] == CLOSED else "")
    return f"{whose} {record['platform_text']}"


def minute(iso: str) -> str:
    """A local moment as it is shown, to the minute."""
    return iso[:16].replace("T", " ")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What a record changed about an item (entries of the ledger), a line each."""
    for name, heading in SHOWN:
        if before[name] != after[name]:
            old, new = (_shown(values, name) for values in (before, after))
            yield from wrapped(f"{padded(heading, 10)}{old} → {new}", 2, 12)


def _shown(values: Mapping[str, Any], name: str) -> str:
    value = values[name]
    if name == "limit" and value is not None:
        return limit_words(Limit(value, values["unit_of_limit"]))
    if name == "due" and values["provisional"]:
        return f"{value}（暂算）"
    return "—" if value is None else str(value)
