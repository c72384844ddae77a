"""The tables and columns of a PostgreSQL database, asked over the connection that reads the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ingestion.transports.dialects import SourceColumn

_KINDS = {
    "bool": "boolean",
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "numeric": "decimal",
    "float4": "float",
    "float8": "float",
    "date": "date",
    "timestamp": "moment",
    "timestamptz": "moment",
    "time": "time",
    "timetz": "time",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "bytea": "blob",
}
_HEADER = 4  # a numeric's type modifier is (precision << 16 | scale) + 4


def columns_query(schema: str, tables: Sequence[str]) -> str:
    """Write the query for the columns of tables and views whose names are these, in whatever case.

    A domain counts as the type that it stands on.
    """
    names = ", ".join(_literal(name.casefold()) for name in tables)
    return f"""
        select
            c.relname::text,
            a.attname::text,
            coalesce(base.typname, declared.typname)::text,
            case when base.oid is null then a.atttypmod else declared.typtypmod end
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        inner join pg_catalog.pg_type as declared on declared.oid = a.atttypid
        left join pg_catalog.pg_type as base on base.oid = declared.typbasetype and declared.typtype = 'd'
        where n.nspname = {_literal(schema)} and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and lower(c.relname) in ({names or "''"})
        order by c.relname, a.attnum
    """


def read_columns(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[SourceColumn, ...]]:
    """Sort the answer by table."""
    found: dict[str, list[SourceColumn]] = {}
    for table, column, type_name, modifier in rows:
        found.setdefault(table, []).append(_column(column, type_name, modifier))
    return {table: tuple(columns) for table, columns in found.items()}


def _column(name: str, type_name: str, modifier: int) -> SourceColumn:
    kind = _KINDS.get(type_name, "other")
    if kind == "decimal" and modifier >= _HEADER:
        packed = modifier - _HEADER
        scale = packed & 0x7FF
        if scale < 0x400:  # PostgreSQL 15 also has negative scales
            return SourceColumn(name, kind, packed >> 16, scale)
    return SourceColumn(name, kind)


def _literal(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
