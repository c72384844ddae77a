"""[[targets]] of bridgebook.toml: the systems to which vouchers and their states are told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bridgebook.errors import Problem
from bridgebook.settings_words import HTTP, SOURCE_ID, URL, SecretReference, Strict, dotted
from bridgebook.toml_lines import Path as KeyPath
from bridgebook.toml_lines import line_of
from ingestion.outbound.kinds import KINDS, Kind
from ingestion.outbound.target import StatusColumns, TargetSettings


class StatusTable(Strict):
    """Where the document is that is told: column -> field of the letter."""

    table: str
    key: Annotated[dict[str, str], Field(min_length=1)]
    write: Annotated[dict[str, str], Field(min_length=1)]
    unchanged: dict[str, str] = Field(default={})
    schema_name: Annotated[str | None, Field(alias="schema")] = None


class TargetTable(Strict):
    """One [[targets]]: which vouchers it is told (`companies`, `ledger`; empty: all), where, how often."""

    id: Annotated[str, Field(pattern=SOURCE_ID)]
    kind: str
    companies: Annotated[tuple[str, ...], Field(strict=False)] = ()
    ledger: str | None = None
    source: str | None = None
    url: str | None = None
    folder: str | None = None
    account_id: str | None = None
    user: str | None = None
    application: str | None = None
    secret: SecretReference | None = None
    account_book: str | None = None
    account_books: dict[str, str] = Field(default={})
    words: dict[str, str] = Field(default={})
    currencies: dict[str, str] = Field(default={})
    dimensions: dict[str, str] = Field(default={})
    reference_field: str | None = None
    status: StatusTable | None = None
    timeout_seconds: Annotated[int, Field(ge=1)] = 30
    settle_seconds: Annotated[int, Field(ge=0)] = 60
    attempts: Annotated[int, Field(ge=1)] = 8
    unseen_syncs: Annotated[int, Field(ge=1)] = 3

    @property
    def letters(self) -> str:
        """Return what the target is told: voucher or status."""
        return KINDS[self.kind].letters

    def takes(self, company_code: str, ledger_code: str | None) -> bool:
        """Tell whether vouchers of a company's ledger go to this target."""
        return (not self.companies or company_code in self.companies) and (
            self.ledger is None or ledger_code is None or self.ledger == ledger_code
        )


def outbound_settings(target: TargetTable, root: Path, secret: str | None) -> TargetSettings:
    """Return what the adapter of a target is told; a relative folder lies in the home."""
    books = {"": target.account_book} if target.account_book else {}
    status = target.status
    return TargetSettings(
        id=target.id,
        kind=target.kind,
        url=target.url or "",
        folder=root / target.folder if target.folder else None,
        account_id=target.account_id or "",
        user=target.user or "",
        application=target.application or "",
        secret=secret or "",
        account_books={**books, **target.account_books},
        words=target.words,
        currencies=target.currencies,
        dimensions=target.dimensions,
        reference_field=target.reference_field or "",
        status=StatusColumns(status.table, status.key, status.write, status.unchanged, status.schema_name)
        if status
        else None,
        timeout_seconds=float(target.timeout_seconds),
    )


def target_problems(
    file: Path, lines: Mapping[KeyPath, int], targets: Sequence[TargetTable], sources: frozenset[str]
) -> Iterator[Problem]:
    """Yield what is wrong with targets whose keys are right by themselves."""

    def problem(index: int, key: str, sentence: str, **values: object) -> Problem:
        path: KeyPath = ("targets", index, key)
        number = line_of(lines, path)
        return Problem(f"{file}:{number}", sentence, (("name", dotted(path)), *values.items()))

    counts = Counter(target.id for target in targets)
    for index, target in enumerate(targets):
        if counts[target.id] > 1:
            yield problem(index, "id", "duplicate_target", target=target.id)
        if target.source is not None and target.source not in sources:
            known = ", ".join(sorted(sources)) or "-"
            yield problem(index, "source", "unknown_target_source", source=target.source, known=known)
        kind = KINDS.get(target.kind)
        if kind is None:
            yield problem(index, "kind", "expected_one_of", allowed=", ".join(KINDS))
            continue
        for key in kind.required:
            if not _given(target, key):
                yield problem(index, key, "missing_target_key", kind=target.kind)
        for key in sorted(_ADDRESS - {*kind.required, *kind.optional}):
            if _given(target, key):
                needed = ", ".join((*kind.required, *kind.optional))
                yield problem(index, key, "unused_target_key", kind=target.kind, allowed=needed)
        if target.url and not _is_address(kind, target.url):
            yield problem(index, "url", "expected_url" if kind.address == "database" else "expected_http")


_ADDRESS = {
    "url", "folder", "account_id", "user", "application", "secret", "account_book", "words", "currencies",
    "dimensions", "reference_field", "status",
}  # fmt: skip


def _given(target: TargetTable, key: str) -> bool:
    value = getattr(target, key)
    return bool(value or (key == "account_book" and target.account_books))


def _is_address(kind: Kind, url: str) -> bool:
    return bool(URL.match(url) if kind.address == "database" else HTTP.match(url))
