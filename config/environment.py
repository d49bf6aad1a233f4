"""Overrides of monitor.toml from environment variables APPROVAL_MONITOR__SECTION__KEY.

Kept by hand instead of by pydantic-settings: a name that fits nothing must be an error, a source is addressed by its
name (APPROVAL_MONITOR__SOURCES__CITY__BASE_URL) and not by its position, the environment is handed down, and a wrong
value is reported with the variable it came from.
"""

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from config import shape
from config.documents import Document
from config.problems import Problem, shown
from config.settings import Settings
from config.toml_lines import KeyPath
from config.validate import nearest

PREFIX = "APPROVAL_MONITOR__"


def overridden(document: Document, env: Mapping[str, str]) -> tuple[Document, list[Problem]]:
    """``document`` (of monitor.toml) with the overrides of ``env`` in it; a problem for each name that fits nothing.

    Text is taken as it is; numbers, true/false and dates are written as in TOML.
    """
    data = copy.deepcopy(document.data)
    origins: dict[KeyPath, str] = {}
    problems: list[Problem] = []
    for variable in sorted(name for name in env if name.startswith(PREFIX)):
        path = _path(variable, data)
        if isinstance(path, Problem):
            problems.append(path)
        elif _put(data, path, _value(path, env[variable])):
            origins[path] = variable
    return Document(data, replace(document.places, origins=origins)), problems


def _path(variable: str, data: dict[str, Any]) -> KeyPath | Problem:
    words = variable.removeprefix(PREFIX).lower().split("__")
    path: KeyPath = ()
    for word in words:
        here = shape.at(Settings, path)
        names = _source_names(data) if path == ("sources",) else {key: key for key in shape.keys_of(here)}
        if word not in names:
            return _unknown(variable, word, tuple(str(name) for name in names))
        path = (*path, names[word])
    if shape.keys_of(shape.at(Settings, path)) or path == ("sources",):
        return _unknown(variable, "", ())
    return path


def _source_names(data: dict[str, Any]) -> Mapping[str, str | int]:
    sources = data.get("sources")
    rows = sources if isinstance(sources, list) else []
    return {str(row.get("name")): index for index, row in enumerate(rows) if isinstance(row, dict)}


def _unknown(variable: str, word: str, names: tuple[str, ...]) -> Problem:
    near = nearest(word, names)
    hint = f"是否想写 {near.upper()}" if near else "名称应为 APPROVAL_MONITOR__节__键，键名与 monitor.toml 一致"
    return Problem("S001", "error", f"环境变量 {shown(variable)}", None, "对不上 monitor.toml 的任何键", hint)


def _value(path: KeyPath, raw: str) -> Any:
    annotation = shape.at(Settings, path)
    if shape.is_text(annotation):
        return raw
    written = raw.strip().lower() if shape.bare(annotation) is bool else raw.strip()
    try:
        parsed = tomllib.loads(f"value = {written}")
    except (ValueError, RecursionError):
        return raw
    return parsed["value"] if len(parsed) == 1 else raw


def _put(data: dict[str, Any], path: KeyPath, value: Any) -> bool:
    """Store ``value`` at ``path``; False where the file has something else than a table on the way."""
    here: Any = data
    for key in path[:-1]:
        if isinstance(here, list) and isinstance(key, int):
            here = here[key]
        elif isinstance(here, dict):
            here = here.setdefault(key, {})
    if not isinstance(here, dict):
        return False
    here[path[-1]] = value
    return True
