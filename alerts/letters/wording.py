"""What a letter says, from its facts: every string that the templates set. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from alerts.letters.facts import CARDS
from alerts.wording import long_date, long_moment

IN_THE_BODY = 3
"""Up to so many items stand in the letter itself; more of them are an annex."""
MOST_ITEMS = 100
"""So many items a letter lists, the worst; a longer list would be a book. All are in its facts."""

COLUMNS = ("序号", "事项和项目", "起算与到期", "环节与超期", "此前提醒")
LAW = "《中华人民共和国行政许可法》"
ACCEPTANCE_LAW = (
    f"{LAW}第三十二条：申请材料不齐全或者不符合法定形式的，应当当场或者在五日内一次告知需要补正的全部内容，"
    "逾期不告知的，自收到申请材料之日起即为受理。"
)
DECISION_LAW = (
    f"{LAW}第四十二条：应当自受理申请之日起二十日内作出行政许可决定，经本行政机关负责人批准可以延长十日；"
    "法律、法规另有规定的，依照其规定。"
)
DELIVERY_LAW = f"{LAW}第四十四条：应当自作出准予许可的决定之日起十日内颁发、送达行政许可证件。"
PROMISE = "贵单位作出的承诺时限。承诺时限由贵单位自行作出，应当遵守；不影响法定期限的计算。"
REVIEW_RULE = "本区关于受理后开始办理时限的工作要求。"
ANSWER_RULE = "本局督办工作要求：督办事项应当在规定期限内书面反馈。"
COUNTING_LAW = (
    f"{LAW}第四十五条、第八十二条：期限以工作日计算，不含法定节假日；听证、检验、检测、鉴定、专家评审等所需时间不计算在内，"
    "应当书面告知申请人。"
)
NOTE = "注：起算当日不计，平台登记的补正和特别程序时间已经扣除；延长期限、更正已按登记计入。"
PROVISIONAL = "标“暂算”的到期日涉及尚未公布放假安排的年份，公布后重新计算。"
CORRECTION = "所列日期如有误，请在反馈时一并写明依据，我们核对后更正。"


def view(facts: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """All that the templates of a letter show; ``annex`` says where its list stands."""
    items = facts["items"]
    annex = len(items) > IN_THE_BODY
    listed = items[:MOST_ITEMS]
    return {
        "office": facts["office"],
        "reference": reference,
        "title": f"关于工程建设项目审批超期事项的{facts['kind']}",
        "addressee": f"{facts['addressee']}：",
        "opening": _opening(facts, annex),
        "columns": list(COLUMNS),
        "items": [_row(number, item) for number, item in enumerate(listed, 1)],
        "annex": annex,
        "annex_line": f"附件：{_annex_title(items)}" if annex else "",
        "annex_title": _annex_title(items) if annex else "",
        "note": _note(items, len(items) - len(listed)),
        "basis_title": "一、办理依据",
        "basis": [f"（{'一二三四五六七'[place]}）{law}" for place, law in enumerate(_basis(items))],
        "request_title": "二、办理要求",
        "request": _request(facts),
        "signature": facts["office"],
        "day": facts["day"],
        "date": long_date(date.fromisoformat(facts["day"])),
    }


def _opening(facts: Mapping[str, Any], annex: bool) -> str:
    items = facts["items"]
    as_of = f"截至{long_moment(facts['data_as_of'])}，" if facts["data_as_of"] else ""
    late = [item for item in items if item["overdue"]]
    unlawful = sum(1 for item in items if item["past_statutory"])
    what = "超过办理时限" if len(late) == len(items) else "已到督办节点"
    if any(item["clock"] == "answer" for item in items):
        all_of = all(item["clock"] == "answer" for item in items)
        what = "督办后到期没有书面反馈" if all_of else "超过办理时限或者督办后到期没有书面反馈"
    said = f"经核对投资项目在线审批监管平台的办理记录，{as_of}贵单位有 {len(items)} 件事项{what}"
    if unlawful:
        said += f"，其中 {unlawful} 件已超过法定期限" if unlawful < len(items) else "，并已超过法定期限"
    where = "具体情况见附件" if annex else "具体情况如下"
    return f"{said}，现予{CARDS[facts['level']]}督办。{where}。"


def _row(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
    statutory = [f"法定期限 {item['statutory_due']}"] if item["statutory_due"] else []
    return {
        "number": str(number),
        "matter": item["matter"],
        "project": f"项目：{item['project']}",
        "code": f"项目代码：{item['project_code']}",
        "item": f"办件编号：{item['item']}",
        "begun": item["begun"],
        "due": item["due"],
        "further": "；".join([*statutory, *([item["note"]] if item["note"] else [])]),
        "stage": _stage(item),
        "standing": item["standing"] + ("，已超法定期限" if item["past_statutory"] else ""),
        "earlier": "；".join(item["earlier"]) or "无",
    }


def _stage(item: Mapping[str, Any]) -> str:
    """The stage; where another clock than that of the stage ran out, which one."""
    own = item["clock_name"] == item["stage"]
    return str(item["stage"]) if own else f"{item['stage']}（超{item['clock_name']}时限）"


def _annex_title(items: Sequence[Mapping[str, Any]]) -> str:
    return f"督办事项清单（共 {len(items)} 件）"


def _note(items: Sequence[Mapping[str, Any]], left_out: int) -> str:
    more = f"另有 {left_out} 件未列出，见预警事项电子台账。" if left_out else ""
    return NOTE + (PROVISIONAL if any("暂算" in item["due"] for item in items) else "") + more


def _basis(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """The law that applies to the clocks of the letter, in the order of the articles, the unit's own promise first."""
    clocks = {item["clock"] for item in items}
    unlawful = any(item["past_statutory"] for item in items)
    found = [
        (PROMISE, "promised" in clocks),
        (ACCEPTANCE_LAW, "acceptance" in clocks),
        (DECISION_LAW, unlawful or bool(clocks & {"promised", "statutory"})),
        (DELIVERY_LAW, "delivery" in clocks),
        (REVIEW_RULE, "review" in clocks),
        (ANSWER_RULE, "answer" in clocks),
        (COUNTING_LAW, True),
    ]
    return [law for law, applies in found if applies]


def _request(facts: Mapping[str, Any]) -> list[str]:
    urged = {
        "yellow_card": "请贵单位查明超期原因，采取措施尽快办结。需要补正材料或者进入特别程序的，请及时在平台登记。",
        "red_card": "请贵单位主要负责人组织研究，明确责任人和办结日期，立即办理。"
        "需要补正材料或者进入特别程序的，请及时在平台登记。",
    }
    asked = date.fromisoformat(facts["answer_by"]) if facts["answer_by"] else None
    until = f"请于{long_date(asked)}前（含当日）" if asked else "请于收到本函后及时"
    answer = f"{until}书面反馈超期原因、办理措施和预计办结日期，可直接回复随附本函的邮件。"
    return [urged[facts["level"]] + answer, CORRECTION]
