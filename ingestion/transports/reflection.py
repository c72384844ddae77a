"""What SQLAlchemy finds out about the columns of a database, as kinds of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import types as sql

from ingestion.transports.dialects import Dialect, SourceColumn


def reflected_columns(
    engine: sqlalchemy.Engine, dialect: Dialect, schema: str | None, tables: Sequence[str]
) -> dict[str, tuple[SourceColumn, ...]]:
    """Return the columns of those tables and views that exist, in any spelling of their names."""
    inspector = sqlalchemy.inspect(engine)
    asked = {table.casefold() for table in tables}
    names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    reflected = inspector.get_multi_columns(
        schema=schema,
        filter_names=sorted({name for name in names if name.casefold() in asked}),
        kind=sqlalchemy.engine.reflection.ObjectKind.ANY,
    )
    timed = dialect.dates_have_time
    return {
        name: tuple(SourceColumn(str(c["name"]), *kind_of(c["type"], dates_have_time=timed)) for c in found)
        for (_, name), found in reflected.items()
    }


def kind_of(column_type: Any, *, dates_have_time: bool = False) -> tuple[str, int | None, int | None]:
    """Sort a reflected SQLAlchemy type into a kind with precision and scale."""
    name = type(column_type).__name__.upper()
    if isinstance(column_type, sql.Boolean):
        return "boolean", None, None
    if name == "BIT":
        return ("boolean" if getattr(column_type, "length", 1) in (None, 1) else "blob"), None, None
    if isinstance(column_type, sql.Integer):
        if getattr(column_type, "unsigned", False) and name == "BIGINT":
            return "decimal", 20, 0
        return "integer", None, None
    if isinstance(column_type, sql.Float) or name in ("BINARY_FLOAT", "BINARY_DOUBLE", "REAL", "DOUBLE"):
        return "float", None, None
    if name in ("MONEY", "SMALLMONEY"):
        return "decimal", 19, 4
    if isinstance(column_type, sql.Numeric):
        precision, scale = column_type.precision, column_type.scale
        return "decimal", precision, 0 if precision is not None and scale is None else scale
    if isinstance(column_type, sql.DateTime) or name in ("DATETIMEOFFSET", "SMALLDATETIME"):
        return "moment", None, None
    if isinstance(column_type, sql.Date):
        return ("moment" if dates_have_time else "date"), None, None
    if isinstance(column_type, sql.Time):
        return "time", None, None
    if isinstance(column_type, sql.LargeBinary) or name in (
        "BYTEA",
        "RAW",
        "LONG RAW",
        "IMAGE",
        "ROWVERSION",
        "TIMESTAMP",
    ):
        return "blob", None, None
    if isinstance(column_type, sql.String | sql.Enum) and name != "SET":
        return "text", None, None
    return "other", None, None
