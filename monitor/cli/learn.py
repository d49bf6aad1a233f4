"""calendar learn: a holiday notice read, shown, and written down once it is confirmed."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.context import CallError, Exit, app_of, options_of

if TYPE_CHECKING:
    from alerts.notices import Moved
    from config.load import Config
    from config.overlay import DayRule
    from monitor.learned import Lesson
    from monitor.notice_text import Notice
    from monitor.workdays import Workdays

WEEKDAYS = "一二三四五六日"
LARGEST = 2 * 1024 * 1024
"""A notice is a page; whatever is larger is something else."""
MOST_LISTED = 10
ORDINARY = ("周末", "工作日")


def learn(context: typer.Context, file: str, *, year: int | None, yes: bool, dry_run: bool) -> None:
    """Reads the notice in ``file`` ("-": standard input) and shows it; writes it when that is confirmed.

    Ends with 1 when the text cannot be read to the end, with 2 when nobody could be asked.
    """
    from config.load import load
    from monitor.learned import lesson
    from monitor.notice_text import read_notice
    from monitor.plain_text import lines_of
    from monitor.workdays import Workdays

    folder = options_of(context).folder
    config = load(folder, secrets=False)
    before = Workdays({day: (rule.working, rule.name) for day, rule in config.overlay.items()})
    notice = read_notice(lines_of(_text(file)), year)
    learned = lesson(notice, before, config.overlay)
    _show_notice(notice, learned)
    if learned.faults:
        typer.echo("通知没有读懂，什么也没有写入：", err=True)
        for fault in learned.faults:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(Exit.FINDING)
    after = Workdays({day: (rule.working, rule.name) for day, rule in config.overlay.items()} | dict(learned.days))
    _show_difference(before, after, learned)
    _show_moves(context, config, after)
    rules = learned.rules(notice.source)
    if all(config.overlay.get(day) == rule for day, rule in rules.items()):
        typer.echo("日历文件已经是这样写的，不用再写。")
    elif dry_run:
        typer.echo("试运行：没有写入。")
    elif _confirmed(file, yes=yes):
        _write(folder, config, rules)
    else:
        typer.echo("没有写入。")


def _text(file: str) -> str:
    from monitor.plain_text import UnreadableError, decoded

    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _head(Path(file))
        if len(data) > LARGEST:
            raise CallError(f"{file} 超过 {LARGEST // 1024 // 1024} MB，不像一份放假通知。")
        return decoded(data)
    except UnreadableError as error:
        raise CallError(f"{file} {error}") from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise CallError(f"读不到通知文件 {path}（{error.strerror}）。请检查路径与权限。") from error


def _show_notice(notice: "Notice", learned: "Lesson") -> None:
    about = f"{notice.year} 年" if notice.year else "年份不明"
    kind = "全年安排" if notice.whole_year else "部分调整"
    typer.echo(f"通知：{notice.title or '（没有标题）'}　{notice.number or '（没有文号）'}　{about}，{kind}")
    for working, word in ((False, "放假"), (True, "上班")):
        chosen = [
            (day, name) for day, (works, name) in learned.days.items() if works == working and name not in ORDINARY
        ]
        for line in _named_runs(chosen):
            typer.echo(f"  {word}  {line}")
    restored = [day for day, (_, name) in learned.days.items() if name in ORDINARY]
    if restored:
        typer.echo(f"  通知没有安排、恢复平常的日子：{'、'.join(map(_day, restored))}")
    for remark in learned.remarks:
        typer.echo(f"提醒：{remark}")


def _named_runs(days: Sequence[tuple[date, str]]) -> list[str]:
    from monitor.notice_dates import runs_of

    lines = []
    for name in dict.fromkeys(name for _, name in days):
        spans = [
            _day(first) if first == last else f"{_day(first)}至{_day(last)}，{(last - first).days + 1} 天"
            for first, last in runs_of([day for day, given in days if given == name])
        ]
        lines.append(f"{name}：{'；'.join(spans)}")
    return lines


def _day(day: date) -> str:
    return f"{day}（周{WEEKDAYS[day.weekday()]}）"


def _show_difference(before: "Workdays", after: "Workdays", learned: "Lesson") -> None:
    from monitor.learned import differences

    found = differences(before, after, learned.days)
    for year in sorted({day.year for day in learned.days}):
        if after.published(year) and not before.published(year):
            typer.echo(f"{year} 年原来没有通知，按法定节假日推算；写入后不再暂算。")
    if not found:
        typer.echo("与现在的日历没有差别（哪天上班、哪天放假都一样）。")
        return
    typer.echo(f"与现在的日历不同的日子 {len(found)} 天：")
    for pair in found:
        typer.echo(f"  {_day(pair.after.date)}　{pair}")


def _show_moves(context: typer.Context, config: "Config", after: "Workdays") -> None:
    if not config.settings.ledger_path.exists():
        typer.echo("台账还没有建立，没有受影响的办件。")
        return
    moves = _moves(context, after)
    items = sorted({move.item for move in moves})
    typer.echo(f"在办件中到期日会变的 {len(items)} 件" + ("：" if items else "。"))
    from alerts.digest import CLOCK_NAMES

    for item in items[:MOST_LISTED]:
        told = [f"{CLOCK_NAMES[move.clock]} {move.before} → {move.after}" for move in moves if move.item == item]
        typer.echo(f"  {item}　{'；'.join(told)}")
    if len(items) > MOST_LISTED:
        typer.echo(f"  ……其余 {len(items) - MOST_LISTED} 件写入后见台账与变更记录。")


def _moves(context: typer.Context, after: "Workdays") -> "list[Moved]":
    """The due dates of open items that the calendar ``after`` would move, as of now."""
    from copy import copy

    from monitor.ledger.moved import moves_of
    from monitor.ledger.read import ids_where
    from monitor.ledger.store import ITEM

    app = app_of(context)
    standards = copy(app.standards)
    standards.workdays = after
    with app.transactions.read() as connection:
        ids = ids_where(connection, ITEM.c.closed_on.is_(None))
        found = moves_of(connection, ids, standards, app.workdays, app.clock())
        return [move for move in found if move.open and move.before != move.after]


def _confirmed(file: str, *, yes: bool) -> bool:
    if yes:
        return True
    if file == "-" or not sys.stdin.isatty():
        raise CallError("没有写入：这里没有终端可以确认。核对以上内容后加 --yes 再运行一次。")
    return typer.confirm("写入以上日历？", default=False)


def _write(folder: Path, config: "Config", rules: "Mapping[date, DayRule]") -> None:
    from config.calendar_file import store
    from config.loaded import CALENDAR, SETTINGS

    whole = {**config.overlay, **rules}
    years = {
        year: {day: rule for day, rule in whole.items() if day.year == year}
        for year in sorted({day.year for day in rules})
    }
    for stored in store(folder / CALENDAR, years, folder / SETTINGS):
        former = f"（原文件留作 {stored.former.name}）" if stored.former else ""
        typer.echo(f"已写入 {stored.path}{former}")
    typer.echo("重启服务后按新日历重算全部受影响的到期日，前后变化与原因都有记录；灯色不变的不重复提醒。")
