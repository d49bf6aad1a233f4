"""A proposal and the catalogue in force, as lines for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date

from config.matters import Matter
from config.problems import shown
from monitor.catalogue.compare import Comparison, in_words
from monitor.catalogue.impact import KINDS, Impact, Moved
from monitor.catalogue.importing import Proposal, Written
from monitor.catalogue.listing import InForce
from monitor.catalogue.reading import Reading
from monitor.entry import LIGHT_WORDS

MOST_LISTED = 50
"""How many of a kind are listed; all of them are in the JSON."""
LONGEST_ITEM = 100


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """What was read, what was not taken, what changes, which items that moves."""
    yield from _reading_lines(proposal.file, proposal.reading, proposal.hidden)
    yield from _comparison_lines(proposal.comparison)
    yield from _impact_lines(proposal.impact)
    if proposal.differing:
        yield f"清单与平台的承诺时限不一致的 {len(proposal.differing)} 个（在办件以平台的为准，请核对）："
        lines = [
            f"  {one.code} {shown(one.name)}：清单 {one.own}，平台 {'、'.join(one.platform)}"
            for one in proposal.differing
        ]
        yield from _cut(lines)


def written_lines(written: Written) -> Iterator[str]:
    """Where everything is now, and what is left to do."""
    yield f"已写入 matters.toml，原文件存为 {written.copy}。"
    yield from (f"提醒  {problem}" for problem in written.remarks)
    yield "重启服务后生效；届时全部办件按新的目录重新判断。"


def _reading_lines(file: str, reading: Reading, hidden: Sequence[str]) -> Iterator[str]:
    for name, row, title in reading.sheets:
        sheet = f"“{shown(name)}”表" if name else ""
        yield f"{shown(file)}：{sheet}第 {row} 行是列名，事项编码取自“{shown(title)}”列。"
    notes = f"，略过说明文字 {reading.notes} 行" if reading.notes else ""
    yield f"读出 {reading.rows} 行，{len(reading.stated)} 个事项{notes}。"
    if hidden:
        yield f"隐藏的工作表没有读：{'、'.join(map(shown, hidden))}。"
    if reading.troubles:
        yield f"没有采用的 {len(reading.troubles)} 处（其余照常采用）："
        yield from (f"  {trouble}" for trouble in reading.troubles)


def _comparison_lines(found: Comparison) -> Iterator[str]:
    yield f"与 matters.toml 相比：新增 {len(found.added)} 个，修改 {len(found.changed)} 个，相同 {found.same} 个。"
    yield from _cut([f"  新增 {one.code} {shown(one.name)}：{_stated(one)}" for one in found.added])
    for one in found.changed:
        fields = "；".join(f"{name} {shown(old)} → {shown(new)}" for name, old, new in one.fields)
        yield f"  修改 {one.after.code} {shown(one.after.name)}：{fields}"
    if found.gone:
        what = "将转为注释（--replace）" if found.removes else "保留不动（要删去请加 --replace）"
        yield f"matters.toml 里有 {len(found.gone)} 个事项是文件中没有的，{what}："
        yield from _cut([f"  {'删去' if found.removes else '保留'} {one.code} {shown(one.name)}" for one in found.gone])


def _stated(matter: Matter) -> str:
    words = in_words(matter)
    parts = [f"{name} {words[name]}" for name in ("承诺时限", "法定时限") if words[name] != "无"]
    parts += ["即办件"] if matter.instant else []
    parts += [] if matter.needs_code else ["不需要项目代码"]
    return "，".join(parts) or "没有任何时限"


def _impact_lines(impact: Impact) -> Iterator[str]:
    if not impact.moved:
        yield f"对在办件没有影响（看了 {impact.looked_at} 件）。" if impact.looked_at else "没有涉及的在办件。"
    else:
        kinds = "，".join(f"{KINDS[name]} {impact.kinds[name]} 件" for name in KINDS if impact.kinds[name])
        yield f"涉及在办 {impact.looked_at} 件，其中 {impact.moved} 件的判断会变：{kinds}。"
        if impact.moved > len(impact.first):
            yield f"变化最大的 {len(impact.first)} 件："
        for one in impact.first:
            yield f"  {shown(one.item, LONGEST_ITEM)}　{shown(one.unit_name)}　{shown(one.matter)}"
            yield f"    {'；'.join(_differences(one))}"
    if impact.unjudged:
        yield f"另有 {impact.unjudged} 件无法判断，见台账。"


def _differences(one: Moved) -> Iterator[str]:
    for name in one.kinds:
        before, after = getattr(one.before, name), getattr(one.after, name)
        if name == "light":
            before, after = LIGHT_WORDS[before.value], LIGHT_WORDS[after.value]
        elif name == "needs_code":
            before, after = ("需要" if needs else "不需要" for needs in (before, after))
        elif name == "code_problem":
            before, after = ("有误" if problem else "无" for problem in (before, after))
        yield f"{KINDS[name]} {_shown(before)} → {_shown(after)}"


def _shown(value: str | date | None) -> str:
    return "无" if value is None else str(value)


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_LISTED]
    if len(lines) > MOST_LISTED:
        yield f"  另有 {len(lines) - MOST_LISTED} 个，见 --format json"


def listing_lines(matters: Sequence[InForce]) -> Iterator[str]:
    """The catalogue in force: the matters without a limit first."""
    without = [one for one in matters if one.unlimited]
    if without:
        count = sum(one.unlimited for one in without)
        yield f"没有时限的事项 {len(without)} 个，在办 {count} 件（在 matters.toml 里补上，或用 matters import 导入）："
        yield from (line for one in without for line in _matter_lines(one))
        yield ""
    rest = [one for one in matters if not one.unlimited]
    yield f"其余事项 {len(rest)} 个："
    yield from (line for one in rest for line in _matter_lines(one))


def _matter_lines(one: InForce) -> Iterator[str]:
    seen = f"在办 {one.open} 件，共 {one.items} 件" if one.items else "台账中没有办件"
    yield f"  {shown(one.code) or '（没有事项编码）'}　{shown(one.name) or '（没有名称）'}　{seen}"
    several = len(one.promised) > 1
    limits = [
        f"{limit}（{where}{f'，{count} 件' if several else ''}）" if limit != "无" else f"无（{count} 件）"
        for (limit, where), count in one.promised.items()
    ]
    statutory = one.statutory if one.statutory == "无" else f"{one.statutory}（matters.toml）"
    needs = ("需要" if one.needs_code else "不需要") + ("（matters.toml）" if one.listed else "（默认）")
    yield f"      承诺 {'、'.join(limits) or '无'}；法定 {statutory}；项目代码 {needs}"
