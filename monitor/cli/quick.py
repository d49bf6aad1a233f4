"""A plain check-code, answered before the library of the command line is loaded: five times as soon.

Whoever checks code after code from another program, or in a loop, waits for nothing else.
"""

import sys
from collections.abc import Sequence

from config.regions import regions_of
from monitor.cli.folders import default_folder
from monitor.cli.verdicts import Asked, as_json, as_text, judged

FORMS = {"text": as_text, "json": as_json}


def check_code(arguments: Sequence[str]) -> int | None:
    """Answers ``check-code CODE… [--format F]`` and returns the exit code.

    None for every other call, and when the answer cannot be written: then the whole command line takes it.
    """
    plain = _plain(arguments)
    if plain is None or sys.stdout is None:
        return None
    form, codes = plain
    verdicts = judged([Asked(code) for code in codes], regions_of(default_folder()))
    try:
        sys.stdout.write(FORMS[form](verdicts) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return None
    return 0 if all(verdict.ok for _, verdict in verdicts) else 1


def _plain(arguments: Sequence[str]) -> tuple[str, list[str]] | None:
    """(form, codes) of a plain call, None of another one."""
    if arguments[:1] != ["check-code"]:
        return None
    form, rest = "text", list(arguments[1:])
    codes: list[str] = []
    while rest:
        word = rest.pop(0)
        if word == "--":
            codes, rest = codes + rest, []
        elif word == "--format" and rest:
            form = rest.pop(0)
        elif word.startswith("--format="):
            form = word.partition("=")[2]
        elif word.startswith("-"):
            return None
        else:
            codes.append(word)
    return (form, codes) if codes and form in FORMS else None
