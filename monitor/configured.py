"""What of the configuration a report rests on, as it is kept on record and brought back. Pure.

Addresses are left out: whom a report went to is in the outbox. The calendar has its own record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.load import Config
from config.matters import Matter
from config.policy import Policy
from config.sources import Precedence
from config.units import Region, Unit, UnitDirectory
from monitor.judge import Standards
from monitor.precedence import order_of
from monitor.workdays import Workdays

Content = Mapping[str, Any]
POLICY = ("limits", "lights", "instant_kinds", "region_codes", "blind_after_hours", "report")


@dataclass(frozen=True, slots=True)
class Known:
    """A source as far as a report speaks of it."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Configured:
    """What items and reports were made by at a moment."""

    standards: Standards
    sources: tuple[Known, ...]


def contents(config: Config) -> dict[str, dict[str, Any]]:
    """Each part of the configuration as JSON values: policy, units, matters, sources."""
    units, settings = config.units, config.settings
    return {
        "policy": _policy(config.policy),
        "units": {
            "units": [unit.model_dump(mode="json", exclude={"contacts"}) for unit in units.units],
            "region": units.region.model_dump(mode="json"),
        },
        "matters": {code: matter.model_dump(mode="json") for code, matter in config.matters.items()},
        "sources": {
            "sources": [
                {"name": source.name, "kind": source.kind, "documents_since": _iso(source.documents_since)}
                for source in settings.sources
            ],
            "precedence": settings.precedence.model_dump(mode="json"),
        },
    }


def configured(parts: Mapping[str, Content], workdays: Workdays) -> Configured:
    """What ``contents`` kept, brought back, with the calendar of that time."""
    policy = Policy.model_validate(parts["policy"])
    region = Region.model_validate(parts["units"]["region"])
    units = UnitDirectory([Unit.model_validate(unit) for unit in parts["units"]["units"]], None, region)
    matters = {code: Matter.model_validate(matter) for code, matter in parts["matters"].items()}
    listed = parts["sources"]["sources"]
    since = [date.fromisoformat(one["documents_since"]) for one in listed if one["documents_since"]]
    order = order_of(Precedence.model_validate(parts["sources"]["precedence"]), [one["name"] for one in listed])
    standards = Standards(policy, units, matters, workdays, documents_since=min(since, default=None), order=order)
    return Configured(standards, tuple(Known(one["name"], one["kind"]) for one in listed))


def _policy(policy: Policy) -> dict[str, Any]:
    """What of the policy a report rests on: not whom a step is for, nor when mails may leave."""
    told = policy.model_dump(mode="json", include=set(POLICY))
    return told | {"report": {**told["report"], "hour": f"{policy.report.hour:%H:%M}"}}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
