"""A unit's own part of a report: its row, its place and its lists, out of the payload of the whole. Pure."""

from collections.abc import Mapping
from typing import Any

from alerts.wording import NOTHING

LISTS = ("overdue", "stage_late", "unanswered", "due_next", "paused", "held")
KEPT = ("period", "made_at", "known_at", "data_as_of", "stale", "rules")


def extract(payload: Mapping[str, Any], unit: str) -> dict[str, Any] | None:
    """The part of ``rows.payload`` that is about ``unit`` (its id); None if the report does not name it."""
    row = next((row for row in payload["units"] if row["unit"] == unit), None)
    if row is None:
        return None
    lists = {name: [line for line in payload[name] if line["unit_id"] == unit] for name in LISTS}
    findings = [line for line in payload["codes"]["findings"] if line["unit_id"] == unit]
    ranked = sum(1 for each in payload["units"] if each["rank"])
    return {
        **{name: payload[name] for name in KEPT},
        "unit": row,
        "unit_name": row["name"],
        "ranked": ranked,
        "total": payload["total"],
        "summary": summary(row, ranked, payload["period"], lists),
        **lists,
        "findings": findings,
    }


def summary(
    row: Mapping[str, Any], ranked: int, period: Mapping[str, Any], lists: Mapping[str, list[Any]]
) -> list[str]:
    """The unit's part in sentences."""
    this = period["this"]
    on_time = f"（按时办结率 {row['on_time_rate_text']}）" if row["finished_judged"] else ""
    flow = (
        f"{this}新收 {row['received']} 件，办结 {row['finished']} 件{on_time}；期末在办 {row['in_hand']} 件，"
        f"其中临期 {row['near']} 件、计时暂停 {row['paused']} 件。"
    )
    late = (
        f"逾期 {row['overdue']} 件（逾期率 {row['overdue_rate_text']}），其中黄牌 {row['yellow_cards']} 件、"
        f"红牌 {row['red_cards']} 件；{this}新增逾期 {row['overdue_new']} 件。"
        if row["overdue"]
        else f"{this}末没有逾期事项。"
    )
    return [flow, late, *_place(row, ranked), *_asked(row, lists), _ahead(period, lists)]


def _place(row: Mapping[str, Any], ranked: int) -> list[str]:
    if not row["rank"]:
        return ["期末在办件数较少，本期不参加排名。"]
    change = "" if row["rank_change_text"] == NOTHING else f"，比上期{row['rank_change_text']}"
    return [f"逾期率排名：参加排名的 {ranked} 家单位中第 {row['rank']} 位（第 1 位逾期率最低）{change}。"]


def _asked(row: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> list[str]:
    if not row["answers_due"] and not lists["unanswered"]:
        return []
    return [
        f"本期应答复的督办 {row['answers_due']} 件，已答复 {row['answered']} 件；"
        f"至期末尚未答复 {len(lists['unanswered'])} 件，请尽快书面答复。"
        if lists["unanswered"]
        else f"本期应答复的督办 {row['answers_due']} 件，均已答复。"
    ]


def _ahead(period: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> str:
    count = len(lists["due_next"])
    return f"{period['ahead']}到期 {count} 件，请提前安排。" if count else f"{period['ahead']}没有到期事项。"
