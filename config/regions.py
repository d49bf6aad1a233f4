"""The codes of one's own region, also for commands that read nothing else of the configuration."""

import re
import tomllib
from pathlib import Path

DEFAULT = ("110116",)
"""怀柔区."""


def regions_of(folder: Path) -> tuple[str, ...]:
    """``region_codes`` of the policy.toml in ``folder``; the default where there is none, or none that can be used.

    What is wrong with a policy.toml is for ``check-config`` to tell.
    """
    try:
        given = tomllib.loads((folder / "policy.toml").read_text("utf-8")).get("region_codes")
    except (OSError, ValueError):
        return DEFAULT
    codes = tuple(code for code in given if isinstance(code, str)) if isinstance(given, list) else ()
    return codes if codes and all(re.fullmatch(r"[0-9]{6}", code) for code in codes) else DEFAULT
