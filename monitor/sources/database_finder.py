"""Finds the standard tables in a source's database.

By inspection, so that names need not be configured in the usual cases and nothing depends on letter case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Date, DateTime, String, case, column, func, inspect, select, table
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.types import Integer, Numeric, TypeEngine

from monitor.mapping import Mapper
from monitor.personal import is_personal
from monitor.records import TABLES
from monitor.sources.database_faults import FaultError
from monitor.sources.database_inspect import columns_of, relations
from monitor.sources.database_layout import Layout, written_as
from monitor.sources.database_values import SHAPES, plain, shapes_of


class Finder:
    """Finds tables in one database; what it has inspected it remembers."""

    def __init__(self, schema: str | None, names: Mapping[str, str], mapper: Mapper) -> None:
        self._schema, self._names, self._mapper = schema, names, mapper
        self._there: dict[str, str] | None = None
        self._layouts: dict[str, Layout] = {}

    def layout(self, connection: Connection, standard: str) -> Layout:
        """The layout of a standard table. Raises `FaultError` when the table or a column that it needs is not there."""
        if standard not in self._layouts:
            self._layouts[standard] = self._inspect(connection, standard)
        return self._layouts[standard]

    def _inspect(self, connection: Connection, standard: str) -> Layout:
        inspector = inspect(connection)
        name = self._find(inspector, standard)
        kinds, certain = columns_of(connection, inspector, name, self._schema)
        targets = self._targets(standard, kinds)
        shown = f"{self._schema}.{name}" if self._schema else name
        _check_columns(standard, shown, targets.values(), kinds)
        updated, serial = (_named(targets, wanted, standard, self._mapper) for wanted in ("GXSJ", "LSH"))
        is_sqlite = connection.dialect.name == "sqlite"
        source = table(name, *(column(given) for given in targets), schema=self._schema)
        updated_type = _type_of_time(kinds[updated], shown, updated, is_sqlite=is_sqlite)
        layout = Layout(
            table=standard,
            shown=shown,
            source=source,
            columns=tuple(source.c[given] for given in targets),
            places=(list(targets).index(updated), list(targets).index(serial)),
            updated=source.c[updated],
            serial=source.c[serial],
            updated_type=updated_type,
            serial_type=_type_of_serial(kinds[serial], is_sqlite=is_sqlite),
            shape=None,
            may_stray=not {updated, serial} <= certain or updated_type is None or isinstance(updated_type, String),
        )
        return _shaped(connection, layout)

    def _find(self, inspector: Inspector, standard: str) -> str:
        """The name of a table in the database: as configured, else SPGL_…_V3, SPGL_… or the standard's own."""
        if self._there is None:
            self._there = {name.upper(): name for name in relations(inspector, self._schema)}
        configured = self._names.get(standard, standard)
        usual = (f"SPGL_{standard}_V3", f"SPGL_{standard}", standard)
        candidates = usual if configured.upper() == standard else (configured, *usual)
        for name in candidates:
            if name.upper() in self._there:
                return self._there[name.upper()]
        where = f"模式 {self._schema}" if self._schema else "账号默认的模式"
        like = sorted(name for name in self._there.values() if standard[:8] in name.upper())[:5]
        hint = f"，名称相近的有：{'、'.join(like)}" if like else f"，那里看得到的表和视图共 {len(self._there)} 个"
        raise FaultError("no_table", f"{where}里找不到表 {'、'.join(candidates)}{hint}", permanent=True)

    def _targets(self, standard: str, kinds: Iterable[str]) -> dict[str, str]:
        """The columns that are read → the standard's names of them; never one that holds personal data."""
        found = {}
        for name in kinds:
            target = self._mapper.target(standard, name) if self._mapper.knows(standard, name) else None
            if target is not None and not is_personal(name):
                found[name] = target
        return found


def _check_columns(standard: str, shown: str, targets: Iterable[str], there: Iterable[str]) -> None:
    required = {str(field.alias) for field in TABLES[standard].model_fields.values() if field.is_required()}
    missing = sorted(required - set(targets))
    if missing:
        has = "、".join(sorted(name for name in there if not is_personal(name))[:30])
        raise FaultError("shape", f"表 {shown} 里没有 {'、'.join(missing)} 列，它有的列是：{has}", permanent=True)


def _named(targets: Mapping[str, str], wanted: str, standard: str, mapper: Mapper) -> str:
    """The column that stands for a standard one: one that was mapped to it goes before one that bears its name."""
    names = [name for name, target in targets.items() if target == wanted]
    return next((name for name in names if name.upper() != wanted), names[0])


def _type_of_time(kind: TypeEngine[Any], shown: str, name: str, *, is_sqlite: bool) -> TypeEngine[Any] | None:
    """The type that GXSJ is compared by; None in SQLite, whose columns hold what they were given."""
    if is_sqlite:
        return None
    if isinstance(kind, (DateTime, Date, String)):
        return kind
    what = f"表 {shown} 的 {name} 列（类型 {kind}）不是时间也不是文字，不能按它增量读取"
    raise FaultError("shape", what, permanent=True)


def _type_of_serial(kind: TypeEngine[Any], *, is_sqlite: bool) -> TypeEngine[Any] | None:
    if isinstance(kind, String):
        return String() if is_sqlite else kind
    return kind if isinstance(kind, (Integer, Numeric)) and not is_sqlite else None


def _shaped(connection: Connection, layout: Layout) -> Layout:
    """The layout with the shape in which a column of text writes its times: that of its first and last row, or the
    most frequent one where they differ."""
    if isinstance(layout.updated_type, (DateTime, Date)):
        return layout
    updated = layout.updated
    there = select(updated).select_from(layout.source).where(updated.is_not(None)).limit(1)
    ends = [connection.scalar(there.order_by(order)) for order in (updated.asc(), updated.desc())]
    candidates = [SHAPES[0]] if ends == [None, None] else shapes_of([plain(end) for end in ends])
    if len(candidates) > 1:
        sums = [func.sum(case((written_as(updated, shape), 1), else_=0)) for shape in candidates]
        counts = connection.execute(select(*sums).select_from(layout.source)).one()
        best = max(range(len(candidates)), key=lambda number: counts[number] or 0)
        candidates = [candidates[best]]
    return replace(layout, shape=candidates[0])
