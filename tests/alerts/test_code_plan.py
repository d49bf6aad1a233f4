"""The daily mail on project codes: what is new, once a day, and that what was mended meanwhile is left out."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from alerts.codes.finding import Coded, finding_key, judged_again, nothing_known
from alerts.codes.plan import MOST, forget_mended, is_done, plan_codes
from alerts.notices import NOTICE
from alerts.outbox import Outgoing
from alerts.render import render_codes
from config.policy import Role
from config.units import UnitDirectory
from monitor.ledger.database import DatabaseError, reading, writing
from tests.alerts.coding import EMPTY, GOOD, HYPHENS, RIGHT, WRONG, many, payload
from tests.alerts.delivery import NOW, round_to
from tests.alerts.office import DIRECTORY, OFFICE, marked, moment, row, rows, states, this_round
from tests.alerts.relay import relay

COUNTER = "zongchuang@zwfw.example"
WITH_COUNTER = UnitDirectory(DIRECTORY.units, {**OFFICE, Role.COUNTER: (COUNTER,)})
KEY = "codes:2026-11-19"


def planned(engine: Engine, text: str, *found: Coded, **changes: Any) -> Outgoing | None:
    """A planning at a local moment, with the findings that stand then."""
    this = this_round(text, **{"units": WITH_COUNTER, **changes})
    with writing(engine) as connection:
        return None if is_done(connection, this) else plan_codes(connection, found, this)


def items(mail: Outgoing | None, part: str = "lines") -> list[str]:
    return [one["coded"]["item"] for one in mail.payload[part]] if mail else []


def test_a_new_finding_is_told_to_the_counter_under_the_key_of_the_day(engine: Engine) -> None:
    mail = planned(engine, "2026-11-19 09:00", HYPHENS)
    assert mail
    assert (mail.key, mail.kind, mail.level, mail.audience) == (KEY, "codes", "reminder", "counter")
    assert mail.recipients.to == (COUNTER,)
    assert items(mail) == ["HRM1-1"]


@pytest.mark.parametrize(
    ("office", "to"),
    [
        pytest.param({}, OFFICE[Role.SUPERVISOR], id="the supervisor"),
        pytest.param({Role.SUPERVISOR: ()}, OFFICE[Role.OPERATOR], id="and without one the operator"),
    ],
)
def test_without_an_address_of_the_counter_it_goes_to(
    engine: Engine, office: Mapping[Role, tuple[str, ...]], to: tuple[str, ...]
) -> None:
    mail = planned(engine, "2026-11-19 09:00", WRONG, units=UnitDirectory(DIRECTORY.units, {**OFFICE, **office}))
    assert mail
    assert mail.recipients.to == to


CHANGED = {
    "the same code still wrong is not new": (HYPHENS, False),
    "nor when the item was accepted meanwhile": (replace(HYPHENS, standing="accepted"), False),
    "another fault in the same item is new": (replace(HYPHENS, problem="spaces", given=f" {RIGHT}"), True),
    "another wrong code with the same fault is new": (replace(HYPHENS, given=f"{RIGHT[:4]}{RIGHT[5:]}"), True),
    "another item is new": (replace(HYPHENS, item="HRM1-2"), True),
}


@pytest.mark.parametrize(("later", "new"), CHANGED.values(), ids=CHANGED.keys())
def test_what_is_new_the_next_day(engine: Engine, later: Coded, new: bool) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    assert bool(planned(engine, "2026-11-20 09:00", later)) is new


def test_nothing_new_is_no_mail_however_many_older_ones_there_are(engine: Engine) -> None:
    assert planned(engine, "2026-11-19 09:00") is None
    planned(engine, "2026-11-19 09:10", *many(WRONG, 5))
    assert planned(engine, "2026-11-20 09:00", *many(WRONG, 5)) is None
    assert len(rows(engine)) == 1


def test_there_is_one_mail_a_day_and_what_is_found_later_is_told_the_next_day(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    later = replace(EMPTY, item="HRM1-2")
    assert planned(engine, "2026-11-19 11:00", HYPHENS, later) is None
    mail = planned(engine, "2026-11-20 09:00", HYPHENS, later)
    assert (items(mail), items(mail, "older")) == (["HRM1-2"], ["HRM1-1"])


def test_what_one_mail_cannot_take_is_told_the_next_day(engine: Engine) -> None:
    first = planned(engine, "2026-11-19 09:00", *many(WRONG, MOST + 3))
    assert first
    assert (len(items(first)), first.payload["rest"]) == (MOST, 3)
    second = planned(engine, "2026-11-20 09:00", *many(WRONG, MOST + 3))
    assert second
    assert (len(items(second)), len(items(second, "older")), second.payload["rest"]) == (3, MOST, 0)


def test_an_older_finding_of_an_item_that_is_closed_is_not_counted_as_open(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    mail = planned(engine, "2026-11-20 09:00", replace(HYPHENS, standing="closed"), replace(EMPTY, item="HRM1-2"))
    assert items(mail, "older") == []


def test_what_was_mended_and_returns_is_new_again(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS, replace(EMPTY, item="HRM1-2"))
    with writing(engine) as connection:
        assert forget_mended(connection, this_round("2026-11-20 09:00"), {"HRM1-1"}) == 1
    mail = planned(engine, "2026-11-23 09:00", HYPHENS, replace(EMPTY, item="HRM1-2"))
    assert (items(mail), items(mail, "older")) == (["HRM1-1"], ["HRM1-2"])


def test_what_was_only_kept_as_a_file_is_told_again_once_mails_leave(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    with writing(engine) as connection:
        marked(connection, KEY, state="kept")
    assert planned(engine, "2026-11-20 09:00", HYPHENS) is None
    assert items(planned(engine, "2026-11-20 09:10", HYPHENS, mails_leave=True)) == ["HRM1-1"]


def test_a_finding_is_remembered_with_its_mail_under_a_key_of_item_problem_and_code(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    with reading(engine) as connection:
        [notice] = connection.execute(select(NOTICE)).all()
    assert notice.key == finding_key("HRM1-1", "hyphens", HYPHENS.given) == HYPHENS.key
    assert (notice.item, notice.clock, notice.mail_key) == ("HRM1-1", "code", KEY)
    assert HYPHENS.given not in notice.key


def now_known(*found: Coded) -> Any:
    """A recheck that knows these items."""

    def recheck(_items: Collection[str]) -> Mapping[str, Coded]:
        return {one.item: one for one in found}

    return recheck


TWO = (HYPHENS, replace(EMPTY, item="HRM1-2"))
AGAIN = {
    "both still stand": (TWO, ["HRM1-1", "HRM1-2"]),
    "one was mended": ((replace(GOOD, item="HRM1-1"), TWO[1]), ["HRM1-2"]),
    "one has another wrong code now, which is another finding": ((WRONG, TWO[1]), ["HRM1-2"]),
    "one is no longer there": ((TWO[1],), ["HRM1-2"]),
    "both were mended": ((GOOD, replace(GOOD, item="HRM1-2")), None),
    "nothing is known any more": ((), None),
}


@pytest.mark.parametrize(("current", "left"), AGAIN.values(), ids=AGAIN.keys())
def test_only_findings_that_still_stand_are_left(current: tuple[Coded, ...], left: list[str] | None) -> None:
    kept, dropped = judged_again(payload(*TWO), {one.item: one for one in current}, {})
    assert (None if kept is None else sorted(one["coded"]["item"] for one in kept["lines"])) == left
    assert len(dropped) == len(TWO) - len(left or ())


def test_older_findings_alone_are_no_reason_for_a_mail() -> None:
    old = replace(WRONG, item="old")
    assert judged_again(payload(HYPHENS, older=(old,)), {"old": old}, {})[0] is None


def test_an_item_accepted_meanwhile_is_told_as_accepted() -> None:
    accepted = replace(HYPHENS, standing="accepted")
    kept, _ = judged_again(payload(HYPHENS), {HYPHENS.item: accepted}, {})
    assert kept
    assert "不得受理" not in render_codes(kept).text


async def test_the_mail_leaves_as_it_is_true_now_with_its_workbook(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", *TWO)
    async with relay() as it:
        result = await round_to(it, engine, units=WITH_COUNTER, recheck=now_known(GOOD, TWO[1]))
    [mail] = it.mails
    body = mail.message.get_body(("plain",))
    assert body
    assert (result.counts["sent"], mail.recipients) == (1, (COUNTER,))
    assert "HRM1-1：已更正或已无此问题" in body.get_content()
    assert [part.get_filename() for part in mail.message.iter_attachments()] == ["project-codes-2026-11-19.xlsx"]
    assert mail.message["Subject"] == "【项目代码】新发现1件，其中1件不得受理（2026-11-19）"
    assert row(engine, KEY).state == "sent"


async def test_with_nothing_left_the_mail_is_dropped_and_the_finding_can_be_told_again(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS)
    async with relay() as it:
        await round_to(it, engine, recheck=nothing_known)
    assert (it.mails, states(engine)) == ([], {KEY: "dropped"})
    assert items(planned(engine, "2026-11-20 09:00", HYPHENS)) == ["HRM1-1"]


async def test_out_of_hours_it_waits(engine: Engine) -> None:
    planned(engine, "2026-11-19 17:20", HYPHENS)
    async with relay() as it:
        await round_to(it, engine, moment("2026-11-19 18:00"), recheck=now_known(HYPHENS))
        assert states(engine) == {KEY: "pending"}
        await round_to(it, engine, moment("2026-11-20 09:00"), recheck=now_known(HYPHENS))
    assert states(engine) == {KEY: "sent"}


async def test_a_corrected_address_helps_the_mail_that_waits(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:00", HYPHENS, units=DIRECTORY)
    async with relay() as it:
        await round_to(it, engine, units=WITH_COUNTER, recheck=now_known(HYPHENS))
    assert it.recipients == [(COUNTER,)]


async def test_a_ledger_that_cannot_be_asked_gives_up_no_mail(engine: Engine) -> None:
    def locked(_items: Collection[str]) -> Mapping[str, Coded]:
        raise DatabaseError("台账数据库 ledger.db 被别的程序占用。")

    planned(engine, "2026-11-19 09:00", HYPHENS)
    async with relay() as it:
        with pytest.raises(DatabaseError):
            await round_to(it, engine, recheck=locked)
    assert states(engine) == {KEY: "sending"}


@pytest.mark.parametrize("spoilt", [{"lines": "no list"}, {"lines": [{"key": "k"}]}, {"older": None}])
async def test_a_mail_that_cannot_be_made_is_given_up_and_the_operator_is_told(
    engine: Engine, spoilt: dict[str, Any]
) -> None:
    mail = planned(engine, "2026-11-19 09:00", HYPHENS)
    assert mail
    with writing(engine) as connection:
        marked(connection, KEY, payload={**mail.payload, **spoilt})
    async with relay() as it:
        await round_to(it, engine, NOW, recheck=now_known(HYPHENS))
    assert row(engine, KEY).state == "failed"
    assert [found.payload.get("title") for found in rows(engine)][1:] == ["有信件发送失败"]
