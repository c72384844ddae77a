"""One value becomes exactly its landing type or is refused with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.batches import LandedColumn, type_batch
from ingestion.landing_types import BadValue, converter, holds, parse_type

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "landing_type", "typed"),
    [
        (1.1, "DECIMAL(38,12)", Decimal("1.1")),
        (0.1 + 0.2, "DECIMAL(18,4)", Decimal("0.3000")),
        (" 12.50 ", "DECIMAL(18,4)", Decimal("12.5000")),
        ("1e3", "DECIMAL(18,4)", Decimal("1000.0000")),
        (b"7.25", "DECIMAL(18,4)", Decimal("7.2500")),
        ("12", "BIGINT", 12),
        (Decimal("12.000"), "BIGINT", 12),
        (20250131, "DATE", date(2025, 1, 31)),
        ("2025-1-31", "DATE", date(2025, 1, 31)),
        ("2025-01-31 00:00:00", "DATE", date(2025, 1, 31)),
        (datetime(2025, 1, 31), "DATE", date(2025, 1, 31)),
        (date(2025, 1, 31), "TIMESTAMP", datetime(2025, 1, 31)),
        ("2025-01-31T08:00:00.5+08:00", "TIMESTAMP", datetime(2025, 1, 31, 0, 0, 0, 500000)),
        (datetime(2025, 1, 31, 8, tzinfo=CHINA), "TIMESTAMP", datetime(2025, 1, 31)),
        ("t", "BOOLEAN", True),
        (0, "BOOLEAN", False),
        (b"\x01", "BOOLEAN", True),
        (Decimal("1.50"), "VARCHAR", "1.50"),
        ("", "VARCHAR", ""),
    ],
)
def test_exact_values_are_typed(value: Any, landing_type: str, typed: Any) -> None:
    wanted = parse_type(landing_type)
    assert wanted is not None
    assert converter(wanted)(value) == typed
    assert converter(wanted)(None) is None
    column = LandedColumn("c", "c", wanted)
    batch = type_batch([[value, None]], [column], [])
    assert batch.table.column(0).to_pylist() == [typed, None]
    assert batch.table.schema.field(0).type == wanted.arrow


@pytest.mark.parametrize(
    ("value", "landing_type", "reason"),
    [
        ("12,50", "DECIMAL(18,4)", "bad_number"),
        ("NaN", "DECIMAL(18,4)", "bad_number"),
        (float("inf"), "DECIMAL(18,4)", "bad_number"),
        ("", "DECIMAL(18,4)", "bad_number"),
        ("１２", "DECIMAL(18,4)", "bad_number"),
        (True, "DECIMAL(18,4)", "bad_number"),
        ("1.23456", "DECIMAL(18,4)", "too_many_decimals"),
        (Decimal("1.00001"), "DECIMAL(18,4)", "too_many_decimals"),
        ("123456789012345", "DECIMAL(18,4)", "out_of_range"),
        ("1.5", "BIGINT", "too_many_decimals"),
        (2**63, "BIGINT", "out_of_range"),
        ("0000-00-00", "DATE", "bad_date"),
        ("9999-99-99", "DATE", "bad_date"),
        ("2025-02-30", "DATE", "bad_date"),
        (datetime(2025, 1, 31, 12), "DATE", "bad_date"),
        (1738281600, "TIMESTAMP", "bad_date"),
        ("2025-01-31 25:00:00", "TIMESTAMP", "bad_date"),
        ("maybe", "BOOLEAN", "bad_boolean"),
        (2, "BOOLEAN", "bad_boolean"),
        (b"\xff", "VARCHAR", "bad_text"),
        ("\ud800", "VARCHAR", "bad_text"),
    ],
)
def test_anything_else_is_refused_with_a_reason(value: Any, landing_type: str, reason: str) -> None:
    wanted = parse_type(landing_type)
    assert wanted is not None
    with pytest.raises(BadValue) as caught:
        converter(wanted)(value)
    assert caught.value.reason == reason
    batch = type_batch(
        [[1, 2], [value, None]],
        [LandedColumn("k", "k", parse_type("BIGINT")), LandedColumn("c", "c", wanted)],
        ["k"],
    )  # type: ignore[arg-type]
    assert batch.table.num_rows == 1
    assert [(row.key, row.reason) for row in batch.rejected] == [(("1",), reason)]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**25), max_value=10**25))
def test_a_decimal_that_fits_lands_to_the_last_digit(number: Decimal) -> None:
    wanted = parse_type("DECIMAL(38,12)")
    assert wanted is not None
    column = [LandedColumn("c", "c", wanted)]
    as_objects = type_batch([[number]], column, []).table.column(0)
    as_texts = type_batch([pa.array([format(number, "f")])], column, []).table.column(0)
    assert as_objects.to_pylist() == as_texts.to_pylist() == [number]


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_float_lands_as_its_shortest_text_rounded(number: float) -> None:
    wanted = parse_type("DECIMAL(38,12)")
    assert wanted is not None
    landed = (
        type_batch([pa.array([number])], [LandedColumn("c", "c", wanted)], []).table.column(0).to_pylist()[0]
    )
    assert abs(landed - Decimal(repr(number))) <= Decimal("5e-13")


def test_arrow_moments_with_a_zone_become_utc() -> None:
    wanted = parse_type("TIMESTAMP")
    assert wanted is not None
    moment = datetime(2025, 1, 31, 8, tzinfo=CHINA)
    array = pa.array([moment.astimezone(UTC)], pa.timestamp("us", tz="Asia/Shanghai"))
    landed = type_batch([array], [LandedColumn("c", "c", wanted)], []).table.column(0)
    assert landed.type == pa.timestamp("us")
    assert landed.to_pylist() == [datetime(2025, 1, 31)]


@pytest.mark.parametrize(
    ("wide", "narrow", "is_lossless"),
    [
        ("DECIMAL(24,10)", "DECIMAL(18,6)", True),
        ("DECIMAL(18,6)", "DECIMAL(18,4)", False),
        ("DECIMAL(20,4)", "DECIMAL(18,6)", False),
        ("BIGINT", "INTEGER", True),
        ("INTEGER", "BIGINT", False),
        ("DECIMAL(38,12)", "BIGINT", True),
        ("VARCHAR", "BIGINT", False),
        ("TIMESTAMP", "DATE", True),
    ],
)
def test_a_type_is_widened_only_where_nothing_is_lost(wide: str, narrow: str, is_lossless: bool) -> None:
    first, second = parse_type(wide), parse_type(narrow)
    assert first is not None
    assert second is not None
    assert holds(first, second) is is_lossless


@pytest.mark.parametrize(
    "text", ["DOUBLE", "FLOAT", "REAL", "DECIMAL(39,2)", "DECIMAL(4,5)", "DECIMAL", "TIMESTAMPTZ", ""]
)
def test_types_that_are_not_exact_are_no_landing_types(text: str) -> None:
    assert parse_type(text) is None
