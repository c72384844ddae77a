"""Change stamps: from when on rows are read again, and how old the newest landed row is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.landing import RAW, LandingFile, quoted
from ingestion.transports.queries import TablePlan

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d")


def read_since(landing: LandingFile, plan: TablePlan, lag: timedelta) -> Any:
    """Return the newest landed change stamp less the lag; None when nothing stamped has landed.

    Stamps of more than a day from now do not count: one row of year 2999 must not hide all others.
    """
    stamp = _stamp(plan.spec.cursor)
    where = ""
    if _are_moments(landing, plan):
        horizon = datetime.now(UTC) + timedelta(days=1)
        where = f" where {stamp} <= timestamp '{horizon:%Y-%m-%d %H:%M:%S}'"
    found = landing.connection.execute(
        f"select max({stamp}) from {RAW}.{quoted(plan.spec.name)}{where}"
    ).fetchone()
    last = found[0] if found else None
    if isinstance(last, datetime):
        return last - lag
    if isinstance(last, str):
        return _text_less(last, lag)
    if isinstance(last, date):
        return datetime(last.year, last.month, last.day) - lag
    return last


def freshness_minutes(landing: LandingFile, plan: TablePlan) -> int | None:
    """Return the age of the newest landed change stamp; None where the table has no moments as stamps."""
    if not plan.spec.cursor or not _are_moments(landing, plan):
        return None
    stamp = _stamp(plan.spec.cursor)
    found = landing.connection.execute(
        f"select cast(max({stamp}) as timestamp) from {RAW}.{quoted(plan.spec.name)}"
    ).fetchone()
    if found is None or found[0] is None:
        return None
    return int((datetime.now(UTC).replace(tzinfo=None) - found[0]).total_seconds() // 60)


def _stamp(cursor: Sequence[str]) -> str:
    return f"coalesce({', '.join(quoted(name) for name in cursor)})"


def _are_moments(landing: LandingFile, plan: TablePlan) -> bool:
    landed = landing.columns(plan.spec.name)
    return all(name in landed and landed[name].name in ("TIMESTAMP", "DATE") for name in plan.spec.cursor)


def _text_less(text: str, lag: timedelta) -> str:
    """Move a text stamp back by the lag when it can be read as a moment; else keep it."""
    for form in _FORMS:
        length = len(datetime(2000, 1, 1).strftime(form))
        try:
            return (datetime.strptime(text[:length], form) - lag).strftime(form)
        except ValueError:
            continue
    return text
