"""Why the dashboards cannot answer: one exception per reason, each with a Chinese and an English sentence.

DashboardError
├── NoSnapshot          nothing was published yet
├── NotPublished        the snapshot lacks the mart that a report reads
├── CannotWrite         the export's file or folder refuses
├── PortTaken           another program answers on the port
├── UsageError          the question itself is wrong (exit code 2)
│   ├── UnknownReport
│   ├── UnknownColumn
│   ├── UnknownBridge
│   ├── UnknownThing    no document or voucher of that name that the reader may see
│   ├── BadPeriod
│   ├── BadFileName
│   └── NoData          nothing to export for that period
└── Forbidden           the reader may not ask this (exit code 4)
    ├── ForbiddenCompany
    ├── ForbiddenColumn
    ├── ForbiddenReport
    └── ForbiddenExport
"""

from __future__ import annotations

from typing import ClassVar

from dashboards.texts import Language, text


class DashboardError(Exception):
    """Carry the facts of a refusal; `sentence(language)` says it to a person."""

    key: ClassVar[str]
    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: str) -> None:
        super().__init__(facts)
        self.facts = facts

    def sentence(self, language: Language) -> str:
        """Say what is wrong and what to do."""
        return text(f"error.{self.key}", language, **self.facts)

    def __str__(self) -> str:
        return self.sentence("en")


class NoSnapshot(DashboardError):
    key = "no_snapshot"


class NotPublished(DashboardError):
    key = "not_published"


class CannotWrite(DashboardError):
    key = "cannot_write"


class PortTaken(DashboardError):
    key = "port_taken"


class UsageError(DashboardError):
    exit_code = 2


class UnknownReport(UsageError):
    key = "unknown_report"


class UnknownColumn(UsageError):
    key = "unknown_column"


class UnknownBridge(UsageError):
    key = "unknown_bridge"


class UnknownThing(UsageError):
    key = "unknown_thing"


class BadPeriod(UsageError):
    key = "bad_period"


class BadFileName(UsageError):
    key = "bad_file_name"


class NoData(UsageError):
    key = "no_data"


class Forbidden(DashboardError):
    exit_code = 4


class ForbiddenCompany(Forbidden):
    key = "forbidden_company"


class ForbiddenColumn(Forbidden):
    key = "forbidden_column"


class ForbiddenReport(Forbidden):
    key = "forbidden_report"


class ForbiddenExport(Forbidden):
    key = "forbidden_export"
