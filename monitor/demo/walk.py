"""The demonstration: two working weeks of the whole product, day by day, with a moved clock.

A simulated platform is read over real HTTP, mails leave over real SMTP to a catcher on this machine, and every round
is the daemon's own. Only the clock is moved. The same seed gives the same mails.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from config.load import Config
from config.policy import Policy
from config.settings import Delivery, Settings
from config.sources import Source
from config.units import UnitDirectory, UnitsFile
from config.validate import validated
from monitor import show
from monitor.app import App, build
from monitor.clock import Clock
from monitor.demo.catcher import Catcher
from monitor.demo.platform import SimulatedPlatform
from monitor.demo.server import PlatformServer
from monitor.events import SHANGHAI
from monitor.jobs.auditing import audit_round
from monitor.jobs.overview import overview_round
from monitor.jobs.rounds import Outcome, deliver_round, plan_round, poll_round
from monitor.jobs.slots import minute_slot, run_slot
from monitor.jobs.specs import Work
from monitor.reporting.periods import monday_of, period_before
from monitor.reporting.sending import report_round
from monitor.workdays import Workdays

START = date(2026, 9, 28)
"""Two working weeks that contain National Day (10-01 … 10-07 off) and a Saturday that is worked (10-10)."""
TOKEN = "demonstration"  # noqa: S105 - of the simulated platform on this machine
TIMES = (time(9, 5), time(15, 30))
OVERVIEW_TIME = time(17, 5)


@dataclass
class _MovedClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


def walk(folder: Path, days: int, seed: int, say: Callable[[str], None]) -> None:
    """Walks ``days`` working days (1–10) and leaves mails, reports and ledger in ``folder``.

    What an earlier demonstration left there is removed first; a folder with anything else in it is not touched.
    Raises FileExistsError then.
    """
    _clear(folder)
    workdays = Workdays()
    say(f"演示开始：模拟平台与收信服务都在本机，结果写入 {folder.resolve()}")
    clock = _MovedClock(datetime.combine(START, TIMES[0], SHANGHAI))
    platform = SimulatedPlatform(seed, START, workdays)
    with (
        PlatformServer(platform, token=TOKEN, now=clock.now) as server,
        Catcher(folder / "mails") as catcher,
    ):
        app = replace(build(_config(folder, server.base_url, catcher.host, catcher.port), clock), sample_addresses=True)
        day = START
        for number in range(1, days + 1):
            _one_day(app, clock, server, day, number, catcher, say)
            day = workdays.add(day, 1)
        _finish(app, folder, catcher, workdays, say)
        app.engine.dispose()


MARK = ".approval-monitor-demo"


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise FileExistsError(17, "目录非空，且不是以前演示的结果；请用 --dir 另选目录", str(folder))
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("此目录由 approval-monitor demo 生成，再次演示时会整个重建。\n", encoding="utf-8")


def _one_day(
    app: App,
    clock: _MovedClock,
    server: PlatformServer,
    day: date,
    number: int,
    catcher: Catcher,
    say: Callable[[str], None],
) -> None:
    caught = len(catcher.mails)
    counts: dict[str, int] = {}
    for clock_time in TIMES:
        clock.now = server.now = datetime.combine(day, clock_time, SHANGHAI)
        for job, work in _JOBS:
            _add(counts, job, _slot(app, clock, job, work))
    clock.now = server.now = datetime.combine(day, OVERVIEW_TIME, SHANGHAI)
    for job, work in _EVENING_JOBS:
        _add(counts, job, _slot(app, clock, job, work))
    weekday = "一二三四五六日"[day.weekday()]
    moved = "（调休上班）" if day.weekday() >= 5 else ""
    say(
        f"第{number:>2}天 {day} 周{weekday}{moved}　取数 {counts['poll.rows']} 行，"
        f"判断 {counts['plan.items']} 件，产生信件 {counts['plan.mails']} 封，发出 {len(catcher.mails) - caught} 封"
    )


_JOBS: tuple[tuple[str, Work], ...] = (
    ("poll", poll_round), ("plan", plan_round), ("report", report_round), ("deliver", deliver_round),
    ("audit", audit_round),
)  # fmt: skip
_EVENING_JOBS: tuple[tuple[str, Work], ...] = (("overview", overview_round), ("deliver", deliver_round))


def _slot(app: App, clock: Clock, job: str, work: Work) -> Outcome:
    outcome = run_slot(app, job, minute_slot(clock(), 10), work)
    if outcome is None or not outcome.good:
        raise RuntimeError(f"演示的 {job} 没有正常完成：{outcome.problems if outcome else '时段已被占用'}")
    return outcome


def _add(counts: dict[str, int], job: str, outcome: Outcome) -> None:
    for name, count in outcome.counts.items():
        counts[f"{job}.{name}"] = counts.get(f"{job}.{name}", 0) + int(count)


def _finish(app: App, folder: Path, catcher: Catcher, workdays: Workdays, say: Callable[[str], None]) -> None:
    now = app.clock()
    period = period_before(monday_of(now.astimezone(SHANGHAI).date()) + timedelta(days=7), workdays)
    judged = show.select_items(app)
    show.print_table(app, judged)
    show.write_xlsx(app, judged, str(folder / "台账.xlsx"))
    show.write_text(show.as_json(show.select_items(app, every=True)), str(folder / "台账.json"))
    show.write_report(app, period, folder / "weekly")
    weekly = [mail.html for mail in catcher.mails if mail.html and "逾期周报" in mail.eml.name]
    say("")
    say(f"信件　{len(catcher.mails)} 封，.eml 与 .html：{(folder / 'mails').resolve()}")
    if weekly:
        say(f"周报　已发信件：{weekly[-1].resolve()}")
    say(f"　　　最近一周的页面、工作簿、PDF 与 Word：{(folder / 'weekly').resolve()}")
    say(f"台账　{(folder / '台账.xlsx').resolve()}（另有 台账.json；数据库 {app.engine.url.database}）")


def _config(folder: Path, base_url: str, host: str, port: int) -> Config:
    """The default configuration, pointed at the simulated platform and the catcher."""
    from pydantic import SecretStr

    settings = Settings(
        data_dir=(folder / "data").resolve(),
        sources=(Source(name="city", base_url=base_url, token=SecretStr(TOKEN), documents_since=date(2026, 9, 1)),),
        delivery=Delivery(
            # One connection, so that mails come in the same order every time.
            enabled=True,
            host=host,
            port=port,
            sender="approval-monitor@huairou.example",
            connections=1,
        ),
    )
    entries = _default_units()
    units = UnitDirectory(entries.unit, entries.office, entries.region)
    return Config(folder, settings, Policy(), units, MappingProxyType({}), MappingProxyType({}))


def _default_units() -> UnitsFile:
    from config.documents import read

    with resources.as_file(resources.files("config") / "defaults" / "units.toml") as path:
        document = read(path, path.name)
    found, problems = validated(UnitsFile, document)  # type: ignore[arg-type]
    if found is None:
        raise ValueError("; ".join(map(str, problems)))
    return found
