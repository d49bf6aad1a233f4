"""Values as they are written in a TOML file."""

import json
from datetime import date


def written(value: str | int | bool | date) -> str:
    """``value`` as TOML: a basic string on one line, a number, true or false, a date."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    # The escapes of JSON are all known to TOML, which also wants the one control character that JSON lets pass.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
