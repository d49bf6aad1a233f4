"""What the daily overview says. Pure; the templates only set it out."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from alerts.wording import data_line, due_date, long_moment, moment, stale_warning
from config.policy import Role

Row = tuple[str, str, str]
TITLE = "督办日报"
KINDS = {"weekly": "逾期周报", "codes": "项目代码核验", "operator": "系统运维", "overview": "督办日报"}
ANSWERS = {"receipt": "签收", "explanation": "情况说明"}
RESULTS = {"refused": "拒收", "bounced": "退信"}
RECEIVED = {"out_of_office": "自动回复", "other": "未能归到办件的来信"}
COUNTING = "信件按封计，其余按件计；同一办件按这段时间里最重的级别计一次。"
COUNTS = ("mails", "reminder", "yellow_card", "red_card", "answers")
MOST = 20
"""How many rows a table of the mail shows; more are a number."""
FOOTER = (
    "本邮件由审批时限监测系统自动发送，每个工作日一封，没有事项也发。",
    "每份日报接着上一份，其间的事情不会遗漏。",
)


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """All that the templates show: figures, sentences, and a table for each thing that occurred."""
    units = payload["units"]
    total = {key: sum(unit[key] for unit in units) for key in COUNTS}
    return {
        "day": moment(payload["made_at"]).date().isoformat(),
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "title": TITLE,
        "period": f"{long_moment(payload['since'])} 至 {long_moment(payload['until'])}",
        "salutation": f"{Role(payload['audience']).label}，您好！",
        "tallies": _tallies(payload),
        "figures": _figures(payload),
        "sentences": _sentences(payload),
        "units": units,
        "total": total,
        "counting": COUNTING,
        "tables": [table for table in _tables(payload) if table["rows"]],
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def _tallies(payload: Mapping[str, Any]) -> list[str]:
    """The counts of the subject; 无事项 when nothing went out, came back or waits."""
    counted = (
        ("发出", payload["mails"], "封"),
        ("答复", _items_answered(payload), "件"),
        ("退信", len(payload["refusals"]), "个"),
        ("待核实", sum(one["open"] for one in payload["nobodys"]), "件"),
        ("未发出", payload["waiting"]["count"] + len(payload["failed"]), "封"),
    )
    return [f"{word}{number}{unit}" for word, number, unit in counted if number] or ["无事项"]


def _figures(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    stuck = payload["waiting"]["count"] + len(payload["failed"]) + len(payload["unknown"])
    return [
        {"figure": str(payload["mails"]), "name": "发出信件（封）", "bad": False},
        {"figure": str(_items_answered(payload)), "name": "收到答复（件）", "bad": False},
        {"figure": str(len(payload["refusals"])), "name": "拒收与退信（个）", "bad": bool(payload["refusals"])},
        {"figure": str(stuck), "name": "未发出或结果不明（封）", "bad": bool(payload["failed"] or payload["unknown"])},
    ]


def _items_answered(payload: Mapping[str, Any]) -> int:
    return len({answer["item"] for answer in payload["answers"]})


def _sentences(payload: Mapping[str, Any]) -> list[str]:
    return [sentence for sentence in (*_went_out(payload), *_came_back(payload), *_stands(payload)) if sentence]


def _went_out(payload: Mapping[str, Any]) -> list[str]:
    if not payload["mails"]:
        return ["这段时间没有发出信件。"]
    others = "、".join(f"{KINDS.get(kind, kind)} {count} 封" for kind, count in sorted(payload["others"].items()))
    digests = payload["mails"] - sum(payload["others"].values())
    sent = f"发出催办、督办信件 {digests} 封" + (f"，另有{others}" if others else "") + "。"
    kept = f"其中 {payload['kept']} 封按现在的设置只存为文件，没有寄出。" if payload["kept"] else ""
    letters = payload["letters"]
    issued = f"签发督办文书 {len(letters)} 份：{'、'.join(letters[:MOST])}{'等' if len(letters) > MOST else ''}。"
    return [sent + kept, issued if letters else ""]


def _came_back(payload: Mapping[str, Any]) -> list[str]:
    counted = [(words, payload["received"].get(kind, 0)) for kind, words in RECEIVED.items()]
    other = "、".join(f"{words} {count} 封" for words, count in counted if count)
    nothing = not payload["answers"] and not payload["refusals"]
    return ["没有收到答复，也没有退信。" if nothing else "", f"另收到{other}，请在收件箱中查看。" if other else ""]


def _stands(payload: Mapping[str, Any]) -> list[str]:
    count, since, held = payload["waiting"]["count"], payload["waiting"]["since"], payload["held_blind"]
    return [
        f"现有 {count} 封信等待发出，最早一封自 {long_moment(since)} 起等待。" if count else "",
        f"因平台数据中断，{held} 项督办暂缓，数据恢复后重新判断。" if held else "",
    ]


def _tables(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lists of the day, each with its heads and rows of texts; the caller leaves out those without rows."""
    return [
        _table("收到的答复", ("办件编号", "单位", "内容"), map(_answer, payload["answers"])),
        _table("拒收与退信", ("地址", "信件", "原因"), map(_refusal, payload["refusals"])),
        _table("暂停督促", ("对象", "截止", "原因"), map(_silence, payload["silences"])),
        _table("待核实单位的办件", ("平台所载部门", "在办", "处理"), map(_nobodys, payload["nobodys"])),
        _table("发送失败", ("信件", "产生于", "原因"), map(_failed, payload["failed"])),
        _table("结果不明", ("信件", "主题", "处理"), map(_unknown, payload["unknown"])),
    ]


def _answer(one: Mapping[str, Any]) -> Row:
    return one["item"], one["unit"], f"{ANSWERS.get(one['kind'], one['kind'])}：{one['text']}"


def _refusal(one: Mapping[str, Any]) -> Row:
    return one["address"], _mail(one["to"], "digest"), f"{RESULTS.get(one['result'], one['result'])}：{one['words']}"


def _silence(one: Mapping[str, Any]) -> Row:
    return one["target"], due_date(date.fromisoformat(one["until"])), f"{one['why']}（{one['by']}）"


def _nobodys(one: Mapping[str, Any]) -> Row:
    return one["name"], f"{one['open']} 件", "请核实责任单位并转办，由运维人员在单位名录中补上"


def _failed(one: Mapping[str, Any]) -> Row:
    return _mail(one["unit"], one["kind"]), long_moment(one["since"]), one["why"]


def _unknown(one: Mapping[str, Any]) -> Row:
    return _mail(one["unit"], one["kind"]), one["subject"], "可能已经送达，请在邮件服务器上核实"


def _mail(unit: str, kind: str) -> str:
    return f"致{unit}" if unit else KINDS.get(kind, "其他信件")


def _table(name: str, heads: Row, rows: Iterable[Row]) -> dict[str, Any]:
    found = list(rows)
    more = max(0, len(found) - MOST)
    return {"name": name, "heads": heads, "rows": found[:MOST], "count": len(found), "more": more}
