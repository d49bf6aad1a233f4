"""Mails to one audience of one unit are one conversation in a mail program."""

import re

import pytest
from sqlalchemy import Engine

from alerts.threads import root_id, thread_headers
from tests.alerts.delivery import as_they_are, round_to
from tests.alerts.office import DOMAIN, FORESTRY, WATER, case, digest_mail, line, moment, operator_mail, put
from tests.alerts.relay import relay

HEADERS = ("References", "In-Reply-To", "Thread-Topic")


async def sent(engine: Engine, *days: str, domain: str = DOMAIN) -> list[dict[str, str | None]]:
    """The headers of a mail to the section heads on each day, as they arrive, and of one to the operator."""
    async with relay() as it:
        delivery = it.settings().model_copy(update={"sender": f"monitor@{domain}"})
        for day in days:
            put(engine, digest_mail(day, line(case(1))), at=moment(f"{day} 09:00"))
            await round_to(it, engine, moment(f"{day} 09:00"), refresh=as_they_are(case(1)), delivery=delivery)
        put(engine, operator_mail("word"))
        await round_to(it, engine, moment(f"{days[-1]} 09:10"), delivery=delivery)
    found = []
    for mail in it.mails:
        message = mail.message
        named = {name: str(message[name]) if message[name] else None for name in HEADERS}
        raw = re.search(rb"^References:\s+(\S+)\r?$", mail.raw, re.MULTILINE)
        found.append({**named, "Message-ID": str(message["Message-ID"]), "raw": raw and raw[1].decode("ascii")})
    return found


async def test_the_mails_of_different_days_hang_on_one_root(engine: Engine) -> None:
    first, second, word = await sent(engine, "2026-11-19", "2026-11-20")
    root = root_id("digest", WATER.id, "section_head")
    assert [one["References"] for one in (first, second)] == [root, root]
    assert [one["In-Reply-To"] for one in (first, second)] == [root, root]
    assert first["Thread-Topic"] == second["Thread-Topic"] == "办理时限提醒与督办 区水务局 科室负责人"
    assert len({first["Message-ID"], second["Message-ID"], root}) == 3
    assert [word[name] for name in HEADERS] == [None, None, None]


async def test_the_root_is_the_same_whoever_the_sender_is_and_travels_as_it_is(engine: Engine) -> None:
    domain = "approvals-deadline-office.administration.district-of-huairou.example"
    [first, _] = await sent(engine, "2026-11-19", domain=domain)
    assert first["raw"] == root_id("digest", WATER.id, "section_head")


def test_the_root_never_changes() -> None:
    assert root_id("digest", "110116SWJ", "principal") == "<thread-a3ed53e089d1b6ed5dad1c7b@approval-monitor.invalid>"


def test_each_kind_unit_and_audience_has_a_root_of_its_own() -> None:
    roots = {
        root_id(kind, unit, audience)
        for kind in ("digest", "weekly")
        for unit in (WATER.id, FORESTRY.id, None)
        for audience in ("principal", "section_head", None)
    }
    assert len(roots) == 18


@pytest.mark.parametrize("kind", ["weekly", "codes", "overview"])
def test_what_comes_again_and_again_is_a_conversation(kind: str) -> None:
    assert set(thread_headers(kind, None, "", None)) == set(HEADERS)
