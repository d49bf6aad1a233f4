"""The office that the alert side is tested with: calendar, ladder, two units with addresses, and cases of theirs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, select

from alerts.case import Case
from alerts.digest import Line, why
from alerts.hours import SHANGHAI
from alerts.notice import Notice
from alerts.outbox import MAIL, Outgoing, add
from alerts.plan import Round
from alerts.recipients import Recipients
from alerts.rules import Ladder
from config.policy import Policy, Role, Step
from config.units import Unit, UnitDirectory
from monitor.ledger.database import reading, writing
from monitor.workdays import Workdays

WORKDAYS = Workdays()
POLICY = Policy()
LADDER = Ladder.of_policy(POLICY)
STEPS = {step.name: step for step in POLICY.ladder}
DOMAIN = "zwfw.example"


def unit(identifier: str, name: str, host: str, *roles: str) -> Unit:
    """A unit with one address, ROLE@HOST, for each of ``roles``."""
    contacts = {role: [f"{role}@{host}"] for role in roles}
    return Unit.model_validate({"id": identifier, "name": name, "full_name": f"北京市怀柔{name}", "contacts": contacts})


UNIT_ROLES = ("handler", "section_head", "deputy_leader", "principal")
OFFICE = {
    role: (f"{role.value}@zwfw.example",)
    for role in (Role.SUPERVISOR, Role.BUREAU_LEADER, Role.DISTRICT_LEADER, Role.INFORMATION_CENTRE, Role.OPERATOR)
}
WATER = unit("110116SWJ", "区水务局", "swj.example", *UNIT_ROLES)
FORESTRY = unit("110116YLJ", "区园林绿化局", "ylj.example", *UNIT_ROLES)
DIRECTORY = UnitDirectory((WATER, FORESTRY), OFFICE)


def moment(text: str) -> datetime:
    """A local moment such as "2026-11-23 09:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def day(text: str) -> date:
    """A local date."""
    return date.fromisoformat(text)


DUE = day("2026-11-18")
FAR = Case(
    item="HRM1-2760925",
    clock="promised",
    unit=WATER.id,
    unit_name=WATER.name,
    matter="生产建设项目水土保持方案审批",
    project="北房镇河道治理工程",
    project_code="2201-110116-04-01-466702",
    stage="审批",
    state="running",
    light="green",
    start=day("2026-10-21"),
    due=DUE,
    limit=20,
    unit_of_limit="working_day",
    used=0,
    remaining=20,
    overdue_days=0,
    countdown=20,
)


def case(beyond: int = -20, **changes: Any) -> Case:
    """A case ``beyond`` working days past its due date: −3 is three days before it, 0 the day itself."""
    state = "overdue" if beyond > 0 else "due_today" if beyond == 0 else "due_soon" if beyond >= -3 else "running"
    late = max(beyond, 0)
    light = {"overdue": "deep_red" if late >= 5 else "red", "due_today": "orange", "due_soon": "yellow"}
    stood = {"state": state, "light": light.get(state, "green"), "overdue_days": late}
    return replace(FAR, **{"countdown": -beyond, "remaining": -beyond, "used": 20 + beyond, **stood, **changes})


def date_at(beyond: int, due: date = DUE) -> date:
    """The working day that lies ``beyond`` working days past ``due``."""
    return WORKDAYS.add(due, beyond) if beyond > 0 else WORKDAYS.back(due, -beyond)


def notice(of: Case, step: str | Step, repeat: int = 0) -> Notice:
    """The notice of a step of the default ladder."""
    assert of.due
    return Notice(of.item, of.clock, of.due, STEPS[step] if isinstance(step, str) else step, repeat)


def line(of: Case, step: str = "promised-yellow") -> Line:
    """The line of a mail that a step of the default ladder brought about."""
    owed = notice(of, step)
    return Line(of, owed.key, step, owed.step.level, why(of, owed))


def this_round(text: str = "2026-11-19 09:00", **changes: Any) -> Round:
    """A planning round at a local moment, with data that is an hour old."""
    now = moment(text)
    plain = Round(now, POLICY, DIRECTORY, WORKDAYS, DOMAIN, data_as_of=moment("2026-11-19 08:00"), blind=False)
    return replace(plain, **changes)


def digest_mail(
    key: str,
    *lines: Line,
    level: str = "yellow_card",
    to: tuple[str, ...] = ("section_head@swj.example",),
    copies: tuple[str, ...] = (),
    audience: str = "section_head",
    **changes: Any,
) -> Outgoing:
    """A digest for the outbox, as the plan makes it. A round looks the addresses up again by its roles."""
    payload = {
        "unit": WATER.id,
        "unit_name": WATER.name,
        "audience": audience,
        "level": level,
        "lines": [each.to_json() for each in lines or (line(case(1)),)],
        "overdue": 1,
        "near": 0,
        "made_at": moment("2026-11-19 09:00").isoformat(),
        "data_as_of": moment("2026-11-19 08:00").isoformat(),
        "stale": False,
        "dropped": [],
    }
    return Outgoing(key, "digest", level, Recipients(to, (), None, copies), {**payload, **changes}, WATER.id, audience)


def operator_mail(key: str) -> Outgoing:
    """A mail to whoever runs the system."""
    payload = {"title": "平台数据中断", "paragraphs": ["说明。"], "made_at": moment("2026-11-19 09:00").isoformat()}
    return Outgoing(key, "operator", "reminder", Recipients(("operator@zwfw.example",)), payload)


def put(engine: Engine, *mails: Outgoing, at: datetime | None = None) -> None:
    """Puts mails into the outbox."""
    with writing(engine) as connection:
        for mail in mails:
            assert add(connection, mail, DOMAIN, at or moment("2026-11-19 09:00"))


def rows(engine: Engine) -> list[Any]:
    """The outbox, in the order of its making."""
    with reading(engine) as connection:
        return list(connection.execute(select(MAIL).order_by(MAIL.c.id)))


def row(engine: Engine, key: str) -> Any:
    """The row of the outbox with ``key``."""
    return next(found for found in rows(engine) if found.key == key)


def states(engine: Engine) -> dict[str, str]:
    """The state of every mail, by key."""
    return {found.key: found.state for found in rows(engine)}


def nobody_is_dead(_owner: str) -> bool:
    """For rounds in which every owner lives."""
    return False


def writer(engine: Engine) -> "partial[Any]":
    """What opens a transaction on ``engine``."""
    return partial(writing, engine)


def marked(connection: Connection, key: str, **values: Any) -> None:
    """Sets columns of a mail, as an earlier round would have left them."""
    connection.execute(MAIL.update().where(MAIL.c.key == key).values(values))
