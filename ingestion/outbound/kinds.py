"""The kinds of target there are: which letters each takes, which settings it needs, and its adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingestion.outbound.target import Target, TargetSettings


@dataclass(frozen=True)
class Kind:
    """One kind: the letters it takes, and the settings without which it cannot work."""

    letters: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    address: str = ""  # what `url` is: "http", "database", or nothing


_CODES = ("words", "currencies", "dimensions")
KINDS: Mapping[str, Kind] = {
    "u8_file": Kind("voucher", ("folder",), ("words",)),
    "kingdee_file": Kind("voucher", ("folder", "account_book"), (*_CODES, "reference_field")),
    "kingdee_webapi": Kind(
        "voucher",
        ("url", "account_id", "user", "secret", "account_book"),
        (*_CODES, "application", "reference_field"),
        "http",
    ),
    "yonbip": Kind(
        "voucher", ("url", "account_id", "application", "secret", "user", "account_book"), _CODES, "http"
    ),
    "tryton": Kind("voucher", ("url", "account_id", "user", "secret"), ("account_book", "words"), "http"),
    "database_status": Kind("status", ("url", "status"), ("secret",), "database"),
    "file_status": Kind("status", ("folder",)),
}


def open_target(settings: TargetSettings) -> Target:
    """Return the adapter of a target; nothing is asked yet."""
    if settings.kind == "u8_file":
        from ingestion.outbound.u8_file import U8File

        return U8File(settings)
    if settings.kind == "kingdee_file":
        from ingestion.outbound.kingdee_file import KingdeeFile

        return KingdeeFile(settings)
    if settings.kind == "kingdee_webapi":
        from ingestion.outbound.kingdee_webapi import KingdeeWebApi

        return KingdeeWebApi(settings)
    if settings.kind == "yonbip":
        from ingestion.outbound.yonbip import YonBip

        return YonBip(settings)
    if settings.kind == "tryton":
        from ingestion.outbound.tryton import Tryton

        return Tryton(settings)
    from ingestion.outbound.status import StatusDatabase, StatusFile

    return StatusDatabase(settings) if settings.kind == "database_status" else StatusFile(settings)
