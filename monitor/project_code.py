"""The project code (项目代码) of an investment project: its verdict, and its repair where one repair is certain.

A code has 24 characters, ``\\d{4}-\\d{6}-\\d{2}-\\d{2}-\\d{6}``. Two styles live side by side:

* new (发改投资〔2020〕1439号; GB/T 40058-2021): YYMM, region, guiding department, project type, 5 random digits and a
  check digit, ISO 7064 MOD 11,10 over the first 19 digits;
* old (to 2020): YYYY, region, industry, type (01 审批, 02 核准, 03 备案), 6 digits, no check digit.

A code is new if characters 3–4 are a month and characters 1–2 are 20 or more; else old if the first group is a year
from 2015 to 2021. So ``2012-`` is December 2020. A matter taken in without a verified code must not be accepted
(不得受理).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

Style = Literal["new", "old"]

FIRST_NEW_YEAR: Final = 20
MONTHS: Final = 12
OLD_YEARS: Final = range(2015, 2022)
DIGITS: Final = 20
LONGEST_CELL: Final = 4000

DEPARTMENTS: Final = {"04": "发展改革", "07": "工业和信息化", "89": "其他部门"}
NEW_TYPES: Final = frozenset({"01", "02", "03", "04", "05"})
OLD_TYPES: Final = frozenset({"01", "02", "03"})
HOME_PROVINCE: Final = "11"
PROVINCES: Final = frozenset(
    f"{number}"
    for area in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 67), (71, 81, 82))
    for number in area
)

_DASHES: Final = "‐‑‒–—―−－﹣﹘─━"
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
# Every replacement is one character for one, so that a place in the folded text is the same place in the original.
_FOLD: Final = (
    {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
    | {ord(dash): "-" for dash in _DASHES}
    | {ord(mark): " " for mark in _INVISIBLE + "\u3000"}
)
_CHINESE_ONE_AS_DASH: Final = re.compile("(?<=[0-9])[一ー](?=[0-9])")
_GAP: Final = r"[-\s_./~]{0,4}"
_CODE: Final = re.compile(
    rf"(?<![0-9])([0-9]{{4}}){_GAP}([0-9]{{6}}){_GAP}([0-9]{{2}}){_GAP}([0-9]{{2}}){_GAP}([0-9]{{6}})(?![0-9])"
)
_DIGITS_AND_MARKS: Final = re.compile(r"[-0-9\s_./~]+")
_NO_CODE_WORDS: Final = re.compile(
    r"(?:[-\s_./\\*?？、。:]|暂?无|没有|暂?未(?:赋码|提供|取得|申领|办理|填)|正?在?办理中?|申[请领]中"
    r"|待补充?|待定|空|(?:投资)?项目代?码?|代码|none|null|nan|n/a|na|tbd)*",
    re.IGNORECASE,
)
_BY_A_SPREADSHEET: Final = re.compile(r"\s*[0-9]\.[0-9]+[eE]\+?[0-9]{2}\s*")
_PREFIX_WORDS: Final = re.compile(
    r"国家|全国|北京市?|本|该|固定资产|投资|建设|工程|审批|监管|在线|平台|统一|赋码|备案|项目|代码|编码|编号|号码|号"
    r"|为|是|project|code|no|[-\s:.,;#=\"'()\[\]{}<>“”‘’【】《》〔〕「」、，。；]",
    re.IGNORECASE,
)
_WORK_SUFFIX: Final = re.compile(r"[-_/]\s*[0-9A-Za-z]{1,6}")
_CLOSING_MARKS: Final = re.compile(r"[-\s.,;:\"'()\[\]{}<>“”‘’【】《》〔〕「」、，。；]*")
_DOCUMENT_NUMBER: Final = re.compile(r"[〔\[(【]\s*[0-9]{4}\s*[〕\])】].{0,12}号")
_CREDIT_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
_LETTER_FOR_DIGIT: Final = re.compile(r"[0-9A-Za-z]{4}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}-[0-9A-Za-z]{2}-[0-9A-Za-z]{6}")

_DIRECTION: Final = "请对照立项文件（审批、核准或备案文件）上的项目代码逐位核对后重新录入；未核验通过的，不得受理。"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say about one given project code.

    ``problem`` is None for a good code, else one of: missing, several, prefix, suffix, full_width, hyphens, spaces
    (wrongly written), check_digit, shape, month, year, zeros, local_code (wrong). ``message`` tells counter staff in
    Chinese what is wrong and what to do. ``repaired`` is the code in its right form, only where exactly one repair is
    certain. ``remark`` is something to look at that is no reason to refuse.
    """

    given: str
    ok: bool
    style: Style | None
    problem: str | None
    message: str
    repaired: str | None
    remark: str | None = None


def check_digit(first19: str) -> int:
    """The ISO 7064 MOD 11,10 check digit of the first 19 digits of a code, hyphens left out.

    Raises ValueError if ``first19`` is not exactly 19 ASCII digits.
    """
    if len(first19) != DIGITS - 1 or not (first19.isascii() and first19.isdigit()):
        raise ValueError(f"校验码按项目代码的前 19 位数字计算，给出的是“{first19}”。请去掉连字符和第 20 位后再算。")
    product = 10
    for digit in first19:
        product = 2 * ((product + int(digit)) % 10 or 10) % 11
    return (11 - product) % 10


def judge(given: str | None, regions: Collection[str] = ()) -> Verdict:
    """The verdict on ``given``, a cell or field as it was typed. Never raises.

    1. Nothing, or a word for nothing: missing. More than one code: several.
    2. No 20 digits that could be one code: zeros, another kind of code, or a wrong shape.
    3. One code that does not verify: its own fault, without a repair.
    4. One code that verifies but is wrongly written: the repaired form, if nothing else can be meant.

    ``regions`` are the codes of one's own region: a code of another one is remarked on, never refused.
    """
    verdict = _verdict(given or "")
    code = verdict.given if verdict.ok else verdict.repaired
    return replace(verdict, remark=_remark(code, verdict.style, regions)) if code else verdict


@lru_cache(maxsize=1024)
def _verdict(text: str) -> Verdict:
    """The verdict without its remark."""
    cell = text[:LONGEST_CELL]
    folded = _CHINESE_ONE_AS_DASH.sub("-", cell.translate(_FOLD))
    if _NO_CODE_WORDS.fullmatch(folded):
        return _bad(
            text, "missing", "没有填写项目代码。请向申请人索取国家统一的投资项目代码并录入；未取得代码的，不得受理。"
        )
    found = list(_CODE.finditer(folded))
    if len(found) > 1:
        return _several(text, ["-".join(match.groups()) for match in found])
    if found:
        return _one(text, found[0], cell, folded)
    return _misplaced_hyphens(text, folded) or _no_code(text, folded)


def _bad(text: str, problem: str, message: str, style: Style | None = None, repaired: str | None = None) -> Verdict:
    return Verdict(text, False, style, problem, message, repaired)


def _several(text: str, codes: list[str]) -> Verdict:
    only = codes[0] if len(set(codes)) == 1 and _fault(codes[0]) is None else None
    advice = (
        f"内容相同，请只保留一个：{only}。"
        if only
        else "请只保留本办件所属项目的代码；确属多个项目的，分别建立办件。未核验通过的，不得受理。"
    )
    return _bad(
        text, "several", f"一格内填了 {len(codes)} 个项目代码。{advice}", _style(codes[0]) if only else None, only
    )


def _one(text: str, match: re.Match[str], cell: str, folded: str) -> Verdict:
    """The verdict on the only code in the cell: its own fault before the way it is written."""
    code = "-".join(match.groups())
    style = _style(code)
    fault = _fault(code)
    if fault:
        return _bad(text, fault[0], fault[1], style)
    before, after = folded[: match.start()], folded[match.end() :]
    problem = _way_of_writing(match, cell, before, after)
    if problem is None:
        good = "项目代码正确，校验码相符。" if style == "new" else "项目代码格式正确（旧式代码，没有校验码）。"
        return Verdict(text, True, style, None, good, None)
    separated = "" not in _gaps(match)
    certain = _harmless_before(before) and _harmless_after(after) and (separated or _trustworthy(code, style))
    return _badly_written(text, problem, code, style, certain=certain)


def _gaps(match: re.Match[str]) -> list[str]:
    return [match.string[match.end(n) : match.start(n + 1)].strip() for n in range(1, 5)]


def _way_of_writing(match: re.Match[str], cell: str, before: str, after: str) -> str | None:
    """The first fault in how a code that is right in itself is written, or None."""
    written = cell[match.start() : match.end()]
    if before.strip():
        return "prefix"
    if after.strip():
        return "suffix"
    if any(not char.isascii() and char not in _INVISIBLE and not char.isspace() for char in written):
        return "full_width"
    if _gaps(match) != ["-"] * 4:
        return "hyphens"
    return None if written == cell and len(written) == DIGITS + 4 else "spaces"


def _badly_written(text: str, problem: str, code: str, style: Style | None, *, certain: bool) -> Verdict:
    reason = {
        "prefix": "项目代码前面带有多余的内容",
        "suffix": "项目代码后面带有多余的内容（可能误填了工程代码）",
        "full_width": "项目代码中有全角数字或全角横线",
        "hyphens": "项目代码的连字符缺失或位置不对",
        "spaces": "项目代码中有空格或看不见的字符",
    }[problem]
    advice = f"请改为：{code}。" if certain else "多余内容的含义无法判断，不能自动更正。" + _DIRECTION
    return _bad(text, problem, f"{reason}。{advice}", style, code if certain else None)


def _harmless_before(before: str) -> bool:
    return not _PREFIX_WORDS.sub("", before)


def _harmless_after(after: str) -> bool:
    """Closing marks only, or the suffix that makes a project code a 工程代码."""
    work = _WORK_SUFFIX.match(after)
    return bool(_CLOSING_MARKS.fullmatch(after[work.end() :] if work else after))


def _trustworthy(code: str, style: Style | None) -> bool:
    """Whether 20 digits without their hyphens can only be this code.

    The check digit says so for a new one. An old one has none, so its region and type must be known ones.
    """
    return style == "new" or (code[5:7] in PROVINCES and code[15:17] in OLD_TYPES)


def _style(code: str) -> Style | None:
    """New or old by the first group; None if it is neither."""
    year, month = int(code[:2]), int(code[2:4])
    if 1 <= month <= MONTHS and year >= FIRST_NEW_YEAR:
        return "new"
    return "old" if int(code[:4]) in OLD_YEARS else None


def _fault(code: str) -> tuple[str, str] | None:
    """What is wrong with a code of the right shape itself: (problem, message), or None."""
    digits = code.replace("-", "")
    if not digits.strip("0"):
        return "zeros", "项目代码全是 0，是占位内容。请录入真实的项目代码；未取得代码的，不得受理。"
    style = _style(code)
    if style is None:
        return _first_group_fault(code[:4])
    if style == "new" and check_digit(digits[:-1]) != int(digits[-1]):
        return "check_digit", f"项目代码 {code} 的校验码不符，至少有一位录错。{_DIRECTION}"
    return None


def _first_group_fault(group: str) -> tuple[str, str]:
    if int(group[:2]) < FIRST_NEW_YEAR:
        return "year", f"项目代码前四位“{group}”不对：前两位是年份，新式代码自 2020 年起，不会小于 20。{_DIRECTION}"
    if group.startswith("20") and int(group[2:]) > MONTHS:
        return "year", (
            f"项目代码前四位“{group}”不对：像是四位年份，而以四位年份开头的旧式代码只有 2015 至 2021 年的，"
            f"新式代码的前四位是两位年份加两位月份。{_DIRECTION}"
        )
    return "month", f"项目代码前四位“{group}”不对：第三、四位是月份，应为 01 至 12。{_DIRECTION}"


def _misplaced_hyphens(text: str, folded: str) -> Verdict | None:
    """20 digits cut in the wrong places, or None."""
    if not _DIGITS_AND_MARKS.fullmatch(folded):
        return None
    digits = re.sub("[^0-9]", "", folded)
    if len(digits) != DIGITS:
        return None
    code = "-".join((digits[:4], digits[4:10], digits[10:12], digits[12:14], digits[14:]))
    style, fault = _style(code), _fault(code)
    if fault:
        return _bad(text, fault[0], fault[1], style)
    problem = "spaces" if "".join(folded.split()) == code else "hyphens"
    return _badly_written(text, problem, code, style, certain=_trustworthy(code, style))


def _no_code(text: str, folded: str) -> Verdict:
    """The verdict on a cell that holds no project code: zeros, another kind of code, or a wrong shape."""
    digits = re.sub("[^0-9]", "", folded)
    only_digits = bool(_DIGITS_AND_MARKS.fullmatch(folded))
    if only_digits and digits and not digits.strip("0"):
        return _bad(text, "zeros", "项目代码全是 0，是占位内容。请录入真实的项目代码；未取得代码的，不得受理。")
    if _BY_A_SPREADSHEET.fullmatch(folded):
        lost = "项目代码被表格软件改写成了科学计数，后几位数字已经丢失。请先把单元格设为文本格式，再"
        return _bad(text, "shape", lost + _DIRECTION.removeprefix("请"))
    other = None if only_digits else _other_kind(folded)
    if other:
        return _bad(text, "local_code", f"这里填的是{other}，不是国家统一的投资项目代码。{_DIRECTION}")
    count = f"现有 {len(digits)} 位数字" if digits else "现在没有数字"
    extra = "" if only_digits else "，且不应有字母或文字"
    return _bad(
        text,
        "shape",
        f"项目代码应为 20 位数字，按 4-6-2-2-6 位用连字符分成五段，{count}{extra}。{_DIRECTION}",
    )


def _other_kind(folded: str) -> str | None:
    """What other number the cell seems to hold, in Chinese, or None."""
    if _LETTER_FOR_DIGIT.search(folded):
        return None
    if _DOCUMENT_NUMBER.search(folded):
        return "批复或备案文件的文号"
    if _CREDIT_CODE.search(folded.upper()):
        return "统一社会信用代码"
    letters = any(char.isalpha() for char in folded)
    return "地方编码或其他编号" if letters and sum(char in "0123456789" for char in folded) >= 6 else None


def _remark(code: str, style: Style | None, regions: Collection[str]) -> str | None:
    """What to look at in a code that is right: parts that no list here knows. No reason to refuse."""
    region, department, kind = code[5:11], code[12:14], code[15:17]
    remarks = []
    if region[:2] not in PROVINCES:
        remarks.append(f"赋码地区 {region} 不在省级行政区划之列，可能由中央部门赋码")
    elif regions and region not in regions:
        own = "、".join(regions)
        remarks.append(f"赋码地区 {region} 不是本辖区（{own}；开发区可有单独的代码），请核对是否为本项目的代码")
    elif not regions and region[:2] != HOME_PROVINCE:
        remarks.append(f"赋码地区 {region} 不在北京市（开发区可有单独的代码），请核对是否为本项目的代码")
    if style == "new" and department not in DEPARTMENTS:
        remarks.append(f"中央业务指导部门代码 {department} 不常见")
    if kind not in (NEW_TYPES if style == "new" else OLD_TYPES):
        remarks.append(f"项目类型代码 {kind} 不常见")
    if style == "old":
        remarks.append("旧式代码没有校验码，录错一位无法发现，请与立项文件核对")
    return "；".join(remarks) + "。" if remarks else None
