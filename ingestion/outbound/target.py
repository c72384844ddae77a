"""What every kind of target has in common: its settings, the letters it takes, the answers it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol


@dataclass(frozen=True)
class StatusColumns:
    """Where a document's row is and what is written into it: column -> field of the letter."""

    table: str
    key: Mapping[str, str]
    write: Mapping[str, str]
    unchanged: Mapping[str, str] = field(default_factory=dict)
    schema: str | None = None


@dataclass(frozen=True)
class TargetSettings:
    """One target as the installation describes it; `secret` is the password or the application's secret."""

    id: str
    kind: str
    url: str = ""
    folder: Path | None = None
    account_id: str = ""
    user: str = ""
    application: str = ""
    secret: str = ""
    account_books: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    reference_field: str = ""
    status: StatusColumns | None = None
    timeout_seconds: float = 30.0

    def account_book(self, company_code: str) -> str:
        """Return the target's set of books for a company; one named for every company stands under ''."""
        return self.account_books.get(company_code) or self.account_books.get("", "")


@dataclass(frozen=True)
class Letter:
    """What is told: a voucher or a status, under a reference that the target keeps."""

    kind: str
    reference: str
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """What became of one letter. `error` holds the target's own words, or a remark on something accepted."""

    outcome: Literal["acknowledged", "refused", "failed", "unknown"]
    error: str | None = None
    target_id: str | None = None
    target_no: str | None = None
    retry_after: float | None = None


def short_reference(reference: str, longest: int) -> str:
    """Return our reference, or its hash where a target's field is too short for it."""
    if len(reference) <= longest:
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()[:longest]


class Target(Protocol):
    """An adapter. Every letter that was sent before is looked for with `find` before it is sent again."""

    batch_size: int

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Return, by reference, the letters that the target holds already; raise OutboundError."""

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Tell the letters and return the answers by reference; raise OutboundError where all share a fate.

        A letter without an answer counts as unknown. The same batch is sent again under the same name.
        """
