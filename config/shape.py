"""The shape of the declarations: which keys a table has, and what kind of value stands behind a path."""

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.toml_lines import KeyPath


def bare(annotation: Any) -> Any:
    """``annotation`` without Annotated and without "or None"."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        [present] = [part for part in get_args(annotation) if part is not type(None)]
        return bare(present)
    return annotation


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The model that ``annotation`` is, or None."""
    kind = bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def item_of(annotation: Any) -> Any:
    """The type of the elements of ``tuple[X, …]`` or of the values of ``Mapping[K, X]``; None for anything else."""
    kind = bare(annotation)
    match get_origin(kind), get_args(kind):
        case origin, (first, _) if origin is tuple:
            return first
        case origin, (_, second) if isinstance(origin, type) and issubclass(origin, Mapping):
            return second
    return None


def is_table(annotation: Any) -> bool:
    """Whether a value of this type is a table whose keys are free or listed, and no model."""
    origin = get_origin(bare(annotation))
    return isinstance(origin, type) and issubclass(origin, Mapping)


def keys_of(annotation: Any) -> tuple[str, ...]:
    """The keys a table of this type may have; () for anything that is no table, or one with free keys."""
    if model := model_of(annotation):
        return tuple(model.model_fields)
    origin, arguments = get_origin(bare(annotation)), get_args(bare(annotation))
    key = bare(arguments[0]) if isinstance(origin, type) and issubclass(origin, Mapping) else None
    if isinstance(key, type) and issubclass(key, Enum):
        return tuple(str(member.value) for member in key)
    return get_args(key) if get_origin(key) is Literal else ()


def inside(annotation: Any, key: str | int) -> Any:
    """The type of what stands at ``key`` in a value of this type; None where the declarations know of no such key."""
    if model := model_of(annotation):
        field = model.model_fields.get(str(key))
        return field.annotation if field else None
    return item_of(annotation)


def at(annotation: Any, path: KeyPath) -> Any:
    """The type of what stands at ``path``; None where the declarations know of no such path."""
    for key in path:
        annotation = inside(annotation, key)
    return annotation


def is_text(annotation: Any) -> bool:
    """Whether a value of this type is written in quotes."""
    kind = bare(annotation)
    if get_origin(kind) is Literal:
        return all(isinstance(choice, str) for choice in get_args(kind))
    return isinstance(kind, type) and issubclass(kind, str | SecretStr | PurePath | Enum)


def fields(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every field of ``model`` and of the tables in it, as (path of names, declaration), in the declared order."""
    for name, field in model.model_fields.items():
        yield (*above, name), field
        below = model_of(field.annotation) or model_of(item_of(field.annotation))
        if below:
            yield from fields(below, (*above, name))
