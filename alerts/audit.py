"""What ought to have gone out by now, compared with what did. Pure: told what is owed and what there is, it names both.

A difference is something that somebody has to look at. What time alone puts right is none: a step is owed to the outbox
only when it was owed already ``then``, two planning intervals of working hours ago, and a mail is late only when it has
waited for long within working hours.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from alerts.case import Case
from alerts.codes.finding import PROBLEMS, Coded
from alerts.digest import CLOCK_NAMES, LEVEL_NAMES
from alerts.hours import Workdays, at, local
from alerts.rules import Decision
from config.policy import Span

OWED, LOST, UNSAID, WAITING, UNHEARD, REPORT, CODES, UNWATCHED = (
    "owed", "lost", "unsaid", "waiting", "unheard", "report", "codes", "unwatched",
)  # fmt: skip
TITLES: Mapping[str, str] = {
    OWED: "到了提醒节点，却没有提醒",
    LOST: "记为已提醒，却没有信件",
    UNSAID: "记为已提醒，信里却没有它",
    WAITING: "信件待发过久",
    UNHEARD: "信件没有送达任何人",
    REPORT: "报告应发未发",
    CODES: "项目代码有新发现，却没有告知综合窗口",
    UNWATCHED: "在办，却没有排定及时的下次判断",
}
"""The kinds of differences, in the order in which they are told."""
ADVICE: Mapping[str, str] = {
    OWED: "看守护进程是否在运行、日志里判断任务有没有报错，再运行 approval-monitor audit --mend，使其重新判断。",
    LOST: "运行 approval-monitor audit --mend，使其重新提醒。",
    UNSAID: "运行 approval-monitor audit --mend，使其重新提醒。",
    WAITING: "看 approval-monitor health 中邮件服务器一项，并检查 [delivery] 的设置。",
    UNHEARD: "用 approval-monitor mails 看是哪些地址，改正 units.toml、重启服务，再运行 audit --mend，原信重新排队。",
    REPORT: "看守护进程是否在运行，再运行 approval-monitor report。",
    CODES: "看守护进程是否在运行，再运行 approval-monitor plan。",
    UNWATCHED: "运行 approval-monitor audit --mend，使其重新判断。",
}
"""What is to be done about each kind."""
KEPT = 2000
"""How many differences are held; of more the number is enough, and the memory stays flat."""
LATE = timedelta(hours=2)
"""How long a mail may wait: of working hours, or of any for those that leave at any hour."""
LONGEST_SEARCH = 400
"""Days that are gone back at most in search of working hours."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it ought to be. ``subject`` names it for as long as it lasts; ``words`` (Chinese)."""

    kind: str
    subject: str
    words: str
    item: str | None = None

    @property
    def mark(self) -> str:
        """The same for the same difference: what is remembered as told."""
        return sha256(f"{self.kind}|{self.subject}".encode()).hexdigest()[:16]

    @property
    def sentence(self) -> str:
        """The difference in Chinese."""
        return f"{TITLES[self.kind]}：{self.words}"


@dataclass(slots=True)
class Audited:
    """What an audit came to: the items looked at, or why none (``remark``, Chinese), differences by kind, the first."""

    items: int = 0
    remark: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Difference] = field(default_factory=list)

    def add(self, found: Iterable[Difference]) -> None:
        """Takes up what was found."""
        for one in found:
            self.counts[one.kind] += 1
            if len(self.first) < KEPT:
                self.first.append(one)

    @property
    def looked(self) -> str:
        """What was looked at, in Chinese."""
        return self.remark or f"核对在办 {self.items} 件"

    @property
    def agrees(self) -> bool:
        """Whether nothing was found."""
        return not self.counts

    @property
    def marks(self) -> frozenset[str]:
        """The marks of the differences; those that are only counted share one that tells their order of magnitude."""
        rest = self.counts.total() - len(self.first)
        return frozenset({one.mark for one in self.first} | ({f"rest-{len(str(rest))}"} if rest else set()))

    @property
    def summary(self) -> str:
        """How many of each kind, in Chinese."""
        return "；".join(f"{TITLES[kind]} {self.counts[kind]} 处" for kind in TITLES if self.counts[kind])

    def listed(self, most: int, without: Collection[str] = ()) -> list[str]:
        """The sentences of at most ``most`` differences, by kind, less those whose marks are in ``without``."""
        order = list(TITLES)
        chosen = sorted((one for one in self.first if one.mark not in without), key=lambda one: order.index(one.kind))
        rest = self.counts.total() - len(self.first) + len(chosen[most:])
        more = [f"另有 {rest} 处，运行 approval-monitor audit 查看。"] if rest else []
        return [*(one.sentence for one in chosen[:most]), *more]

    def advice(self) -> list[str]:
        """What is to be done, a sentence a kind."""
        return [f"{TITLES[kind]}的：{ADVICE[kind]}" for kind in TITLES if self.counts[kind]]


def working_time_ago(now: datetime, span: timedelta, hours: Span, workdays: Workdays) -> datetime:
    """The moment (UTC) since which ``span`` of working hours has passed up to ``now``."""
    day, left = local(now).date(), span
    for _ in range(LONGEST_SEARCH):
        begin, end = at(day, hours.start), min(now, at(day, hours.end))
        if workdays.is_workday(day) and end > begin:
            if end - begin >= left:
                return end - left
            left -= end - begin
        day -= timedelta(days=1)
    return at(day, hours.start)


def owed(
    decided: Iterable[tuple[Case, Decision]], before: Iterable[tuple[Case, Decision]], fresh: Collection[str]
) -> Iterator[Difference]:
    """Steps that are owed now and were owed ``before``. Not items in ``fresh``: the plan has time for them."""
    already = {decision.notice.key for _, decision in before if decision.notice}
    for case, decision in decided:
        notice = decision.notice
        if notice and notice.key in already and case.item not in fresh:
            words = f"{case.item}（{case.unit_name}）{CLOCK_NAMES.get(case.clock, case.clock)}时限，"
            words += f"{LEVEL_NAMES.get(notice.step.level, notice.step.level)}，到期 {notice.due}"
            yield Difference(OWED, notice.key, words, case.item)


def unwatched(item: str, stored: datetime | None, ought: datetime | None) -> Iterator[Difference]:
    """An item that is looked at later (UTC), or never, than time alone can change what it is owed."""
    if ought is not None and (stored is None or stored > ought):
        then = f"排在 {local(stored):%Y-%m-%d %H:%M}" if stored else "没有排定"
        yield Difference(UNWATCHED, item, f"{item} 应在 {local(ought):%Y-%m-%d %H:%M} 判断，{then}", item)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice on record that counts as told: its key, its item, and the mail that is to carry it."""

    key: str
    item: str
    mail_key: str | None


def lost(notices: Iterable[Told]) -> Iterator[Difference]:
    """Notices without a mail."""
    for one in notices:
        yield Difference(LOST, one.key, f"{one.item}，{one.key}", one.item)


def unsaid(notices: Iterable[Told], carried: Collection[str]) -> Iterator[Difference]:
    """Notices that no mail of their round carries: the mails of the round have the lines with the keys ``carried``."""
    for one in notices:
        if one.key not in carried:
            yield Difference(UNSAID, one.key, f"{one.item}，{one.key}", one.item)


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail of the outbox: whom it is for (Chinese; ``audience`` a role's value) and since when (UTC) it exists."""

    key: str
    kind: str
    level: str
    whom: str
    created_at: datetime
    outcome: str | None = None
    audience: str | None = None


def late(waiting: Iterable[Queued], bound: Callable[[Queued], datetime], *, held: bool = False) -> Iterator[Difference]:
    """Mails that have waited for too long: made at the ``bound`` of theirs (UTC) or before.

    ``held``: escalations are held for want of data, or were until just now.
    """
    for mail in waiting:
        if not (held and mail.kind == "digest" and mail.level != "reminder") and mail.created_at <= bound(mail):
            why = f"，{mail.outcome}" if mail.outcome else ""
            yield Difference(WAITING, mail.key, f"致{mail.whom}，{local(mail.created_at):%Y-%m-%d %H:%M} 起待发{why}")


def unheard(mails: Iterable[Queued]) -> Iterator[Difference]:
    """Mails that reached nobody and still ought to."""
    for mail in mails:
        why = mail.outcome or "所有收件地址都退信"
        yield Difference(UNHEARD, mail.key, f"致{mail.whom}，{local(mail.created_at):%Y-%m-%d %H:%M}，{why}")


def untold_codes(found: Iterable[Coded], fresh: Collection[str]) -> Iterator[Difference]:
    """Findings on project codes that are in no mail. Not those of items in ``fresh``: the plan has time for them."""
    for one in found:
        if one.item not in fresh:
            yield Difference(CODES, one.key, f"{one.item}，{PROBLEMS.get(one.problem or '', one.problem)}", one.item)


def missing_report(title: str, key: str, due: datetime) -> Difference:
    """A report that is not in the outbox though it fell due (UTC) long enough ago."""
    return Difference(REPORT, key, f"{title}，应于 {local(due):%Y-%m-%d %H:%M} 生成")
