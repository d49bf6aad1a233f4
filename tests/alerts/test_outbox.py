"""The outbox: one claim a mail, leases that end, the gravest first."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts import outbox
from alerts.outbox import LEASE, Claimed, Outgoing
from config.policy import Role
from monitor.ledger.database import open_database, reading, writing
from tests.alerts.office import (
    DOMAIN,
    digest_mail,
    marked,
    moment,
    operator_mail,
    put,
    row,
    states,
)

NOW = moment("2026-11-19 09:00")
MINUTE = timedelta(minutes=1)


def claimed(
    engine: Engine, owner: str = "me", now: datetime = NOW, *, closed: Collection[str | None] = ()
) -> Claimed | None:
    """The next mail, claimed in a transaction of its own."""
    with writing(engine) as connection:
        return outbox.claim(connection, owner, now, closed=closed)


def all_claimed(engine: Engine, *, closed: Collection[str | None] = ()) -> list[str]:
    """The keys in the order in which they are claimed."""
    keys = []
    while (mail := claimed(engine, closed=closed)) is not None:
        keys.append(mail.key)
    return keys


def released(engine: Engine, now: datetime, dead: str = "") -> int:
    """How many claims are freed at a moment at which ``dead`` is known to be gone."""
    with writing(engine) as connection:
        return outbox.release_abandoned(connection, now, lambda owner: owner == dead)


def weekly_mail(key: str) -> Outgoing:
    """A weekly report for the outbox."""
    return replace(operator_mail(key), kind="weekly")


def test_two_connections_that_claim_the_same_mail_have_one_winner(engine: Engine) -> None:
    put(engine, digest_mail("only"))
    other = open_database(engine.url.render_as_string())
    try:
        found = [claimed(engine, "first"), claimed(other, "second")]
    finally:
        other.dispose()
    assert [mail.key if mail else None for mail in found] == ["only", None]
    assert (row(engine, "only").owner, row(engine, "only").state) == ("first", "sending")


def test_many_workers_at_once_claim_every_mail_exactly_once(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(40)))
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(all_claimed, engine) for _ in range(4)]
    assert sorted(key for each in found for key in each.result()) == sorted(states(engine))


def test_a_claim_hands_over_the_whole_mail_and_counts_the_attempt(engine: Engine) -> None:
    mail = digest_mail("only", copies=("supervisor",))
    put(engine, mail)
    found = claimed(engine)
    assert found
    assert found.message_id == outbox.message_id("only", DOMAIN)
    assert (found.recipients, found.payload) == (mail.recipients.to_json(), mail.payload)
    assert (found.attempts, found.unknowns, found.created_at) == (1, 0, NOW)
    assert row(engine, "only").lease_until == NOW + LEASE


def test_a_key_is_queued_once(engine: Engine) -> None:
    put(engine, digest_mail("only"))
    with writing(engine) as connection:
        assert outbox.add(connection, digest_mail("only", level="red_card"), DOMAIN, NOW + MINUTE) is False
    assert row(engine, "only").level == "yellow_card"


def test_the_message_id_of_a_key_is_the_same_for_ever() -> None:
    assert outbox.message_id("weekly:2026-W47", DOMAIN) == "<d99cbc010d8ea269972955ae95c41126706dff09@zwfw.example>"


def test_the_gravest_leave_first_and_of_the_same_level_the_oldest(engine: Engine) -> None:
    put(
        engine,
        digest_mail("a reminder", level="reminder"),
        digest_mail("a yellow card"),
        digest_mail("a red card", level="red_card"),
        digest_mail("another reminder", level="reminder"),
        digest_mail("another red card", level="red_card"),
        operator_mail("a word to the operator"),
    )
    assert all_claimed(engine) == [
        "a red card",
        "another red card",
        "a yellow card",
        "a reminder",
        "another reminder",
        "a word to the operator",
    ]


def test_out_of_hours_only_what_the_operator_must_know_leaves(engine: Engine) -> None:
    put(engine, digest_mail("a card", level="red_card"), weekly_mail("the week"), operator_mail("a word"))
    assert all_claimed(engine, closed=[*Role, None]) == ["a word"]
    assert all_claimed(engine) == ["a card", "the week"]


def test_a_mail_waits_for_the_hours_of_its_own_audience(engine: Engine) -> None:
    put(
        engine, digest_mail("to the heads"), digest_mail("to the leader", audience="principal"), weekly_mail("the week")
    )
    assert all_claimed(engine, closed=[Role.SECTION_HEAD]) == ["to the leader", "the week"]
    assert all_claimed(engine, closed=[Role.PRINCIPAL, None]) == ["to the heads"]


def test_a_mail_waits_until_its_next_try(engine: Engine) -> None:
    put(engine, digest_mail("later"), at=NOW + MINUTE)
    assert claimed(engine, now=NOW) is None
    assert claimed(engine, now=NOW + MINUTE)


@pytest.mark.parametrize(
    ("after", "dead", "freed"),
    [
        pytest.param(timedelta(0), "", 0, id="a fresh claim of a living owner stays"),
        pytest.param(LEASE - MINUTE, "", 0, id="it stays until the lease runs out"),
        pytest.param(LEASE, "", 1, id="a lease that has run out is freed"),
        pytest.param(MINUTE, "me", 1, id="the claim of a dead owner is freed at once"),
        pytest.param(MINUTE, "another", 0, id="the death of another owner is of no concern"),
        pytest.param(timedelta(days=-1), "", 1, id="a lease from before the clock was set back is freed"),
    ],
)
def test_when_a_claim_ends(engine: Engine, after: timedelta, dead: str, freed: int) -> None:
    put(engine, digest_mail("only"), at=NOW - timedelta(days=2))
    claimed(engine)
    assert released(engine, NOW + after, dead) == freed
    assert states(engine) == {"only": "pending" if freed else "sending"}


def test_a_freed_mail_is_claimed_again_with_the_same_message_id(engine: Engine) -> None:
    put(engine, digest_mail("only"))
    before = claimed(engine)
    released(engine, NOW + LEASE)
    again = claimed(engine, "another", NOW + LEASE)
    assert before
    assert again
    assert (again.message_id, again.attempts) == (before.message_id, 2)
    assert row(engine, "only").owner == "another"


def test_what_was_settled_is_not_freed(engine: Engine) -> None:
    put(engine, digest_mail("sent"), digest_mail("unknown"))
    for state in ("sent", "unknown"):
        mail = claimed(engine)
        assert mail
        with writing(engine) as connection:
            outbox.mark(connection, mail.id, state, "好" * 2000)
    assert released(engine, NOW + timedelta(days=9)) == 0
    assert (row(engine, "sent").owner, row(engine, "sent").lease_until) == (None, None)
    assert len(row(engine, "sent").outcome) == 1000


def test_the_queue_tells_how_many_stand_where_and_since_when_the_oldest_waits(engine: Engine) -> None:
    put(engine, digest_mail("sent"), at=NOW - 3 * MINUTE)
    put(engine, digest_mail("sending"), at=NOW - 2 * MINUTE)
    put(engine, digest_mail("pending"), at=NOW - MINUTE)
    with writing(engine) as connection:
        marked(connection, "sent", state="sent")
        marked(connection, "sending", state="sending", owner="me", lease_until=NOW)
    with reading(engine) as connection:
        state = outbox.queue_state(connection)
    assert state == outbox.QueueState({"sent": 1, "sending": 1, "pending": 1}, {"section_head": NOW - 2 * MINUTE})
    assert state.oldest_waiting == NOW - 2 * MINUTE


def test_an_empty_queue_waits_since_never(engine: Engine) -> None:
    with reading(engine) as connection:
        assert outbox.queue_state(connection) == outbox.QueueState({}, {})


def test_the_mails_of_a_period_are_counted_per_unit_and_kind(engine: Engine) -> None:
    monday, next_monday = moment("2026-11-16 00:00"), moment("2026-11-23 00:00")
    sent = {
        "first moment": ("sent", monday, "reminder"),
        "kept as a file": ("kept", NOW, "yellow_card"),
        "outcome unknown": ("unknown", NOW, "red_card"),
        "last moment": ("sent", next_monday - MINUTE, "reminder"),
        "the week after": ("sent", next_monday, "reminder"),
        "the week before": ("sent", monday - MINUTE, "reminder"),
        "dropped": ("dropped", None, "reminder"),
        "failed": ("failed", None, "reminder"),
    }
    put(engine, *(digest_mail(key, level=level) for key, (_, _, level) in sent.items()))
    put(engine, weekly_mail("the report"), replace(digest_mail("of no unit"), unit=None))
    with writing(engine) as connection:
        for key, (state, at, _) in sent.items():
            marked(connection, key, state=state, sent_at=at)
        marked(connection, "the report", state="sent", sent_at=NOW)
        marked(connection, "of no unit", state="sent", sent_at=NOW)
        found = outbox.sent_between(connection, monday, next_monday)
    assert found == {("110116SWJ", False): 2, ("110116SWJ", True): 2, ("unassigned", True): 1}
