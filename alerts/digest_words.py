"""What a digest mail says: its counts, its sentences and which lines it lists. Pure; the templates only set it out.

催办 asks a person kindly (请您…); 督办 is written to the unit (请贵单位…); the office's own people are told, not urged.
A leader gets figures first and then only what was escalated.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from alerts import digest_lines, leader_words
from alerts.digest import LEVEL_NAMES, LEVELS, Line, counts
from alerts.rules import ANSWER
from alerts.wording import FOOTER, clean, data_line, long_moment, moment, stale_warning
from config.policy import UNIT_ROLES, Role

TITLES = {"reminder": "办理时限提醒（催办）", "yellow_card": "督办通知（黄牌）", "red_card": "督办通知（红牌）"}
OFFICE_TITLES = {"reminder": "临期事项情况", "yellow_card": "督办情况（黄牌）", "red_card": "督办情况（红牌）"}
NOBODYS_TITLE = "待核实单位的事项"

ANSWER_TOO = "并书面说明逾期原因、办理措施和预计办结日期（直接回复本邮件即可）。"
TO_HANDLER = (
    "感谢您的辛勤办理。以下事项时限将近，请您合理安排，在到期前办结。"
    "需要补正材料或进入特别程序的，请您及时在平台登记，登记后计时相应暂停。"
)
TO_UNIT = {
    "reminder": "以下事项时限将近，请您予以关注，帮助经办人在到期前办结。",
    "yellow_card": f"经核对平台办理记录，贵单位以下事项已超过办理时限，现予黄牌督办。请贵单位尽快办结，{ANSWER_TOO}",
    "red_card": "经核对平台办理记录，贵单位以下事项逾期较久或已超过法定时限，现予红牌督办。"
    f"请贵单位立即研究办理，明确责任人和办结日期，{ANSWER_TOO}",
}
TO_SILENT_UNIT = (
    "此前的督办要求贵单位限期书面反馈，以下事项至今没有收到。请贵单位立即反馈，"
    "书面说明逾期原因、办理措施和预计办结日期（直接回复本邮件即可）。"
)
TO_OFFICE_OF_SILENCE = "{unit}以下事项在督办后没有按期书面反馈，请您跟进。"
TO_OFFICE = {
    "reminder": "{unit}以下事项时限将近，请您知悉。",
    "yellow_card": "{unit}以下事项已超过办理时限，现予黄牌督办，请您跟进办理和答复情况。",
    "red_card": "{unit}以下事项逾期较久或已超过法定时限，现予红牌督办，请您跟进办理和答复情况。",
}
TO_NOBODYS = (
    "以下事项的审批部门与已登记的单位对不上，尚未通知任何单位。请您核实责任单位并转办，"
    "同时请运维人员在单位名录中补上该部门的编码或名称。"
)
LEDGER = "请见预警事项电子台账"
BOOK = "见附件工作簿"


def listed(payload: Mapping[str, Any], lines: Sequence[Line]) -> list[Line]:
    """The lines that the mail lists, worst first: of those for its reader at most ``most``."""
    return digest_lines.worst_first(for_reader(payload, lines))[: payload.get("most", len(lines))]


def for_reader(payload: Mapping[str, Any], lines: Sequence[Line]) -> Sequence[Line]:
    """The lines that the reader is to see one by one: all, but for a leader those that were escalated."""
    return leader_words.cases(lines) if is_summary(payload) else lines


def is_summary(payload: Mapping[str, Any]) -> bool:
    """Whether the mail is a leader's: figures first, then only what needs them."""
    return Role(payload["audience"]) in leader_words.LEADERS


def has_workbook(payload: Mapping[str, Any], lines: Sequence[Line]) -> bool:
    """Whether the whole list goes with the mail, by ``attach_list`` of the policy."""
    rule = payload.get("attach_list", "when_cut")
    return rule == "always" or (rule == "when_cut" and len(listed(payload, lines)) < len(lines))


def view(payload: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    """All that the digest templates show; ``lines`` are those of the payload.

    1. What is asked, by level, the worst first; a leader's figures.
    2. The lines that are listed, by light, the worst first, and where the others are.
    3. The legend only for marks that occur.
    """
    cases, shown = for_reader(payload, lines), listed(payload, lines)
    return {
        "level_name": LEVEL_NAMES[payload["level"]],
        "unit": _unit(payload),
        "tallies": tallies(lines),
        "day": moment(payload["made_at"]).date().isoformat(),
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "level": payload["level"],
        "title": title(payload),
        "salutation": salutation(payload),
        "requests": _requests(payload, lines),
        "letters": _letters(payload),
        "summary": _summary(lines) + _only_the_worst(cases, shown),
        "lights": digest_lines.per_light(lines),
        "figures": leader_words.figures(lines) if is_summary(payload) else [],
        "groups": digest_lines.groups(shown, cases, payload),
        "more": _more(payload, lines, shown),
        "attached": has_workbook(payload, lines),
        "dropped": [clean(sentence) for sentence in payload.get("dropped", ())],
        "legend": digest_lines.legend(shown),
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def tallies(lines: Sequence[Line]) -> list[str]:
    """The counts of a subject, such as 逾期3件, 临期2件; counts of zero are left out."""
    overdue, near = counts(lines)
    return [f"{word}{number}件" for word, number in (("逾期", overdue), ("临期", near)) if number]


def title(payload: Mapping[str, Any]) -> str:
    """What kind of mail it is: a notice to the unit, or word of it to the office."""
    if payload["unit"] is None:
        return NOBODYS_TITLE
    return (TITLES if Role(payload["audience"]) in UNIT_ROLES else OFFICE_TITLES)[payload["level"]]


def salutation(payload: Mapping[str, Any]) -> str:
    """Whom the mail speaks to: the person for 催办, the unit for 督办, the office by its role."""
    role = Role(payload["audience"])
    if role not in UNIT_ROLES:
        return f"{role.label}："
    if payload["level"] == "reminder":
        return f"{_unit(payload)} {role.label}，您好！"
    return f"{_unit(payload)}（送{role.label}）："


def request(payload: Mapping[str, Any], level: str, *, silent: bool = False) -> str:
    """What the lines of ``level`` ask of the reader; ``silent``: they are all of answers that are missing."""
    role = Role(payload["audience"])
    if payload["unit"] is None:
        return TO_NOBODYS
    if role not in UNIT_ROLES:
        return (TO_OFFICE_OF_SILENCE if silent else TO_OFFICE[level]).format(unit=_unit(payload))
    if silent:
        return TO_SILENT_UNIT
    return TO_HANDLER if role is Role.HANDLER and level == "reminder" else TO_UNIT[level]


def _requests(payload: Mapping[str, Any], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What is asked of the reader, by level; once where it is the same of all."""
    levels = [level for level in reversed(LEVELS) if any(line.level == level for line in lines)]
    if payload["unit"] is None:
        levels = levels[:1]
    if is_summary(payload) and len(levels) > 1:
        levels = [level for level in levels if level != "reminder"]
    found = []
    for level in levels:
        theirs = [line for line in lines if line.level == level]
        silent = all(line.case.clock == ANSWER for line in theirs)
        words = request(payload, level, silent=silent)
        found.append({"name": LEVEL_NAMES[level], "count": len(theirs), "words": words})
    return found


def _letters(payload: Mapping[str, Any]) -> str | None:
    """Which formal letters go with the mail; None when none do."""
    named = [clean(title, digest_lines.LONGEST["letter"]) for title in payload.get("letters", ())]
    return f"随信附{'、'.join(named)}，PDF 与 DOCX 两种格式内容相同。" if named else None


def _unit(payload: Mapping[str, Any]) -> str:
    return clean(payload["unit_name"], digest_lines.LONGEST["unit_name"])


def _summary(lines: Sequence[Line]) -> str:
    if not lines:
        return "发送前按最新数据复核，目前没有需要提醒的事项。"
    overdue, near = counts(lines)
    if overdue and near:
        return f"共 {overdue + near} 件：已逾期 {overdue} 件，临期 {near} 件。"
    alike = "均" if overdue + near > 1 else ""
    return f"共 {overdue + near} 件，{alike}已逾期。" if overdue else f"共 {overdue + near} 件，{alike}时限将近。"


def _only_the_worst(cases: Sequence[Line], shown: Sequence[Line]) -> str:
    return f"以下列出最紧要的 {len(shown)} 条。" if len(shown) < len(cases) else ""


def _more(payload: Mapping[str, Any], lines: Sequence[Line], shown: Sequence[Line]) -> str | None:
    """What is not listed, and where it is; None when all is listed and nothing attached."""
    attached = has_workbook(payload, lines)
    reminders = len(lines) - len(for_reader(payload, lines))
    cut = len(lines) - len(shown) - reminders
    left_out = ((cut, f"另有 {cut} 条未在此列出"), (reminders, f"另有时限将近的 {reminders} 条，不逐条列出"))
    rest = "；".join(words for number, words in left_out if number)
    where = f"全部 {len(lines)} 条{BOOK}" if attached else LEDGER
    return f"{rest}，{where}。" if rest else f"{where}。" if attached else None
