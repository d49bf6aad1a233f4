"""Delivery rounds to test with: over a relay of the test's own, with cases as a test says they are now."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from alerts.case import Case
from alerts.deliver import Delivered, Post, deliver
from alerts.mailer import SmtpConnection
from config.policy import Role
from config.settings import Delivery
from config.units import UnitDirectory
from tests.alerts.office import DIRECTORY, OFFICE, POLICY, WATER, WORKDAYS, case, moment, nobody_is_dead, rows, writer
from tests.alerts.relay import Relay

NOW = moment("2026-11-19 09:00")
MINUTES = timedelta(minutes=1)
REFUSED_TITLE, FAILED_TITLE, UNKNOWN_TITLE = TOLD = ("有收件地址被拒收", "有信件发送失败", "有信件结果不明")
HEAD, LEADER = "section_head@swj.example", "principal@swj.example"


def heads(*addresses: str) -> UnitDirectory:
    """A directory in which the water authority's section heads have these addresses."""
    contacts = {**WATER.contacts, Role.SECTION_HEAD: addresses}
    return UnitDirectory((WATER.model_copy(update={"contacts": contacts}),), OFFICE)


TWO_HEADS = heads(HEAD, LEADER)


def as_they_are(*cases: Case) -> Any:
    """A refresh that knows these cases."""

    def refresh(_items: Collection[str], *, answers: bool = True) -> Mapping[tuple[str, str], Case]:
        return {each.key: each for each in cases}

    return refresh


def post(engine: Engine, delivery: Delivery, **changes: Any) -> Post:
    """A delivery round in working hours, in which the one case is a day overdue."""
    plain = Post(
        write=writer(engine),
        refresh=as_they_are(case(1)),
        policy=POLICY,
        units=DIRECTORY,
        delivery=delivery,
        owner="me",
        is_dead=nobody_is_dead,
        now=NOW,
        workdays=WORKDAYS,
    )
    return replace(plain, **changes)


async def round_to(it: Relay, engine: Engine, at: datetime = NOW, *, lines: int = 1, **changes: Any) -> Delivered:
    """One delivery round over ``lines`` connections to the relay."""
    delivery = changes.pop("delivery", None) or it.settings()
    return await deliver(post(engine, delivery, now=at, **changes), [SmtpConnection(delivery) for _ in range(lines)])


def became(engine: Engine) -> dict[str, str]:
    """What became of each mail but those that the operator was told by."""
    return {found.key: found.state for found in rows(engine) if found.payload.get("title") not in TOLD}


def told(engine: Engine) -> list[str]:
    """What the operator is told, mail by mail."""
    return [found.payload["title"] for found in rows(engine) if found.payload.get("title") in TOLD]
