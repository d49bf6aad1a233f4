"""Writing calendar/YYYY.toml: the days of a year as a commented file, put in its place whole or not at all."""

import datetime
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.overlay import LONGEST_RUN, DayRule, load_folder
from config.toml_text import written

Rules = Mapping[datetime.date, DayRule]
WEEKDAYS = "一二三四五六日"
SATURDAY = 5
HEAD = """\
# {year} 年放假与调休
#
# 由 approval-monitor calendar learn 根据通知原文写出，可以手工增改（如本区自己的放假、上班日）。
# 改后运行 approval-monitor check-config，再用 approval-monitor calendar {year} 核对。
# 周末落在假期里的照写；跨年的日子按年份分在两个文件里。

# 依据；个别日子另有依据的，写在那一段里
source = {source}
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was written, and where the former one is kept, if there was one."""

    path: Path
    former: Path | None


def rendered(year: int, rules: Rules) -> str:
    """The file of ``year`` that says ``rules``: first what is off, then what is worked, runs of days together."""
    days = [rules[day] for day in sorted(rules)]
    source = Counter(rule.source for rule in days).most_common(1)[0][0] if days else "通知"
    parts = [HEAD.format(year=year, source=written(source))]
    for working in (False, True):
        parts += [_run(run, source) for run in _runs([rule for rule in days if rule.working == working])]
    return "\n".join(parts)


def _runs(rules: Sequence[DayRule]) -> Iterator[list[DayRule]]:
    """Consecutive days of one name and basis."""
    run: list[DayRule] = []
    for rule in rules:
        follows = run and (rule.date - run[-1].date).days == 1 and len(run) < LONGEST_RUN
        if not (follows and (rule.name, rule.source) == (run[-1].name, run[-1].source)):
            if run:
                yield run
            run = []
        run.append(rule)
    if run:
        yield run


def _run(run: Sequence[DayRule], source: str) -> str:
    first, last = run[0], run[-1]
    undone = all(rule.working == (rule.date.weekday() < SATURDAY) for rule in run) and first.name in ("工作日", "周末")
    lines = ["# 通知没有安排，是平常的日子"] if undone else []
    lines += [f"[[{'work' if first.working else 'off'}]]", f"date = {_day(first.date)}"]
    lines += [f"to = {_day(last.date)}"] if len(run) > 1 else []
    lines.append(f"name = {written(first.name)}")
    lines += [f"source = {written(first.source)}"] if first.source != source else []
    return "\n".join(lines) + "\n"


def _day(day: datetime.date) -> str:
    return f"{written(day)}  # 星期{WEEKDAYS[day.weekday()]}"


def store(folder: Path, years: Mapping[int, Rules], like: Path) -> list[Stored]:
    """Writes the files of ``years`` into the calendar folder; what was there is kept as YYYY.toml.bak.

    Owner and rights are those of ``like``, so that the service can read what an administrator wrote. Each file is
    replaced in one step, and only when all of them have been read back. Raises OSError.
    """
    texts = {year: rendered(year, rules) for year, rules in sorted(years.items())}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".learn-") as place:
        for year, text in texts.items():
            _write(Path(place) / f"{year}.toml", text, like)
        found, problems = load_folder(Path(place))
        if problems or found != {day: rule for rules in years.values() for day, rule in rules.items()}:
            raise RuntimeError("the calendar files do not say what they were written from")
        return [_replace(Path(place) / f"{year}.toml", folder / f"{year}.toml") for year in texts]


def _write(path: Path, text: str, like: Path) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if like.exists():
        shutil.copymode(like, path)
        if os.geteuid() == 0:
            owner = like.stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def _replace(new: Path, path: Path) -> Stored:
    former = None
    if path.exists():
        former = next(name for name in _backups(path) if not name.exists())
        shutil.copy2(path, former)
    os.replace(new, path)
    return Stored(path, former)


def _backups(path: Path) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.bak")
    number = 1
    while True:
        number += 1
        yield path.with_name(f"{path.name}.bak{number}")
