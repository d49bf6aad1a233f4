"""What a database has: its tables and views, their columns and types; as far as the account may see them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Date, DateTime, String, func, select
from sqlalchemy import column as column_clause
from sqlalchemy import table as table_clause
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.types import Integer, NullType, Numeric, TypeEngine

from monitor.sources.database_session import MYSQL

_MYSQL_TYPES: Mapping[str, type[TypeEngine[Any]]] = {
    **dict.fromkeys(("datetime", "timestamp"), DateTime),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), String),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint"), Integer),
    **dict.fromkeys(("decimal", "double", "float"), Numeric),
    "date": Date,
}


def relations(inspector: Inspector, schema: str | None) -> Iterable[str]:
    """Every table and view that the account sees in a schema; a table goes before a view of the same name."""
    lists: list[Callable[..., Sequence[str]]] = [inspector.get_view_names]
    further = ("get_materialized_view_names", "get_foreign_table_names")
    lists += [one for name in further if (one := getattr(inspector, name, None)) is not None]
    for one in (*lists, inspector.get_table_names):
        try:
            yield from one(schema=schema)
        except NotImplementedError:
            continue


def columns_of(
    connection: Connection, inspector: Inspector, name: str, schema: str | None
) -> tuple[dict[str, TypeEngine[Any]], set[str]]:
    """The columns of a table with their types, and those of them that cannot be empty."""
    if connection.dialect.name in MYSQL:
        return _mysql_columns(connection, name, schema)
    found = inspector.get_columns(name, schema=schema)
    certain = set(inspector.get_pk_constraint(name, schema=schema).get("constrained_columns", ()))
    certain |= {one["name"] for one in found if not one.get("nullable", True)}
    return {one["name"]: one["type"] for one in found}, certain


def _mysql_columns(
    connection: Connection, name: str, schema: str | None
) -> tuple[dict[str, TypeEngine[Any]], set[str]]:
    """As SQLAlchemy does not: it asks for SHOW CREATE TABLE, which is refused to an account that may see some columns
    only, such as all but the applicant's."""
    wanted = ("column_name", "data_type", "is_nullable", "table_name", "table_schema", "ordinal_position")
    listed = table_clause("columns", *map(column_clause, wanted), schema="information_schema")
    statement = (
        select(listed.c.column_name, listed.c.data_type, listed.c.is_nullable)
        .where(listed.c.table_name == name, listed.c.table_schema == (schema or func.database()))
        .order_by(listed.c.ordinal_position)
    )
    found = [tuple(map(str, row)) for row in connection.execute(statement)]
    kinds = {column: _MYSQL_TYPES.get(kind.lower(), NullType)() for column, kind, _ in found}
    return kinds, {column for column, _, nullable in found if nullable == "NO"}
