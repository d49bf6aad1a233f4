"""Who gets a mail: the role that is asked, or whoever stands above it; never nobody without a word."""

import pytest

from alerts.recipients import Recipients, resolve
from config.policy import Role
from config.units import UnitDirectory
from tests.alerts.office import DIRECTORY, OFFICE, WATER, unit

HANDLER, HEAD, DEPUTY, PRINCIPAL = Role.HANDLER, Role.SECTION_HEAD, Role.DEPUTY_LEADER, Role.PRINCIPAL


def directory(*roles: str, office: tuple[Role, ...] = tuple(OFFICE)) -> UnitDirectory:
    """One unit with addresses for ``roles`` only, an office with addresses for ``office`` only."""
    known = {role: OFFICE[role] for role in office}
    return UnitDirectory((unit(WATER.id, WATER.name, "swj.example", *roles),), known)


@pytest.mark.parametrize(
    ("roles", "asked", "to", "stands_for"),
    [
        pytest.param(("handler", "section_head"), HANDLER, "handler@swj.example", None, id="the role that is asked"),
        pytest.param(("section_head",), HANDLER, "section_head@swj.example", "handler", id="the next one up"),
        pytest.param(("principal",), HANDLER, "principal@swj.example", "handler", id="the only one there is"),
        pytest.param(("handler",), HEAD, "supervisor@zwfw.example", "section_head", id="never one further down"),
        pytest.param((), PRINCIPAL, "supervisor@zwfw.example", "principal", id="above the principal the supervisor"),
    ],
)
def test_a_role_without_an_address_falls_to_the_next_one_up(
    roles: tuple[str, ...], asked: Role, to: str, stands_for: str | None
) -> None:
    assert resolve(asked, (), WATER.id, directory(*roles)) == Recipients((to,), (), stands_for)


@pytest.mark.parametrize(
    ("asked", "office", "to"),
    [
        pytest.param(Role.SUPERVISOR, (Role.OPERATOR,), "operator@zwfw.example", id="supervisor to operator"),
        pytest.param(Role.BUREAU_LEADER, (Role.SUPERVISOR,), "supervisor@zwfw.example", id="bureau to supervisor"),
        pytest.param(Role.DISTRICT_LEADER, (Role.SUPERVISOR,), "supervisor@zwfw.example", id="district to supervisor"),
        pytest.param(Role.INFORMATION_CENTRE, (Role.OPERATOR,), "operator@zwfw.example", id="centre to operator"),
        pytest.param(HANDLER, (Role.OPERATOR,), "operator@zwfw.example", id="at last everything to the operator"),
    ],
)
def test_the_office_has_its_own_ways_up(asked: Role, office: tuple[Role, ...], to: str) -> None:
    assert resolve(asked, (), WATER.id, directory(office=office)).to == (to,)


def test_without_any_address_at_all_there_is_nobody_and_the_delivery_says_so() -> None:
    assert resolve(HANDLER, (), WATER.id, directory(office=())) == Recipients((), (), "handler")


def test_items_of_no_known_unit_reach_the_supervisor_whatever_role_is_asked() -> None:
    assert resolve(PRINCIPAL, (), None, DIRECTORY).to == ("supervisor@zwfw.example",)
    assert resolve(PRINCIPAL, (), "110116XXX", DIRECTORY).to == ("supervisor@zwfw.example",)


def test_copies_go_to_those_who_have_an_address_and_to_nobody_twice() -> None:
    found = resolve(DEPUTY, (Role.SUPERVISOR, Role.PRINCIPAL, Role.SUPERVISOR), WATER.id, directory("deputy_leader"))
    assert (found.to, found.cc) == (("deputy_leader@swj.example",), ("supervisor@zwfw.example",))


def test_whoever_gets_the_mail_gets_no_copy_of_it() -> None:
    found = resolve(PRINCIPAL, (Role.SUPERVISOR,), WATER.id, directory())
    assert (found.to, found.cc) == (("supervisor@zwfw.example",), ())


def test_everybody_is_handed_the_mail_once() -> None:
    assert Recipients(("a@x.example", "b@x.example"), ("b@x.example",)).all == ("a@x.example", "b@x.example")
