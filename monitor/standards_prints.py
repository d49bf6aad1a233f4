"""What items are judged by, in short: a print of each part, so that a change can be named. Pure."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from config.load import Config
from monitor.calendar_versions import recorded
from monitor.workdays import Workdays

CALENDAR = "calendar"
PARTS = {
    CALENDAR: "日历变更",
    "matters": "事项目录变更",
    "units": "单位配置变更",
    "policy": "督办规则变更",
    "sources": "数据来源配置变更",
    "program": "程序升级",
}
"""The parts, and how a change of each is named in the record of changes."""


def prints(config: Config, workdays: Workdays) -> Mapping[str, str]:
    """A short text for each part that changes when anything changes in it that items are judged by."""
    policy, settings = config.policy, config.settings
    what: dict[str, Any] = {
        CALENDAR: recorded_working(workdays),
        "matters": {code: matter.model_dump(mode="json") for code, matter in config.matters.items()},
        "units": {
            "units": [unit.model_dump(mode="json") for unit in config.units.units],
            "region": config.units.region.model_dump(mode="json"),
        },
        "policy": {
            "limits": policy.limits.model_dump(mode="json"),
            "lights": policy.lights.model_dump(mode="json"),
            "instant": list(policy.instant_kinds),
            "ladder": [step.model_dump(mode="json") for step in policy.ladder],
            "hours": policy.hours.model_dump(mode="json"),
            "min_fraction": policy.min_fraction_of_limit,
            "answers": policy.answers.model_dump(mode="json"),
            "too_old_after": policy.too_old_after,
            "mails_leave": settings.delivery.enabled,
        },
        "sources": {
            "names": [source.name for source in settings.sources],
            "documents": [str(source.documents_since) for source in settings.sources],
            "precedence": settings.precedence.model_dump(mode="json"),
        },
        "program": version("approval-monitor"),
    }
    return {part: _print(what[part]) for part in PARTS}


def recorded_working(workdays: Workdays) -> dict[str, Any]:
    """What of the calendar items are judged by: which days are worked, and which years are only reckoned."""
    return {day: [working, workdays.published(int(day[:4]))] for day, (working, _) in recorded(workdays).items()}


def _print(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()
