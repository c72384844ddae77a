"""Sync an inbox: compared, loaded, logged and proved as a database is, with files as the source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from ingestion import proofs
from ingestion.batches import RejectedRow
from ingestion.bills.bill import HeldLine
from ingestion.bills.contract import WORDS_FILE, plain, read_contract
from ingestion.bills.settings import BillSettings
from ingestion.bills.source import BillSource, InboxEmptied
from ingestion.bills.telling import told_of_sheet
from ingestion.landing import LandingFile
from ingestion.ledger import HeldRow, TableOutcome
from ingestion.matching import Found, plan_table
from ingestion.packs import Pack, TableSpec
from ingestion.proofs import Proof
from ingestion.quarantine import digest_of
from ingestion.staging import typed_batches
from ingestion.sync import SourceSync, SyncResult
from ingestion.table_sync import TableSync
from ingestion.texts import Sentence, sentence
from ingestion.transports.queries import Filter

INBOX = "inbox"  # stands for the table in what is told about files of which nobody knows what they are
NO_LIMIT = 2**62


class BillTable(TableSync):
    """Brings one entity up to date; the source itself says which lines are held and which are copies."""

    may_not_be_emptied = False

    @property
    def bills(self) -> BillSource:
        """The source."""
        source = self.room.source
        assert isinstance(source, BillSource)
        return source

    @property
    def held_count(self) -> int:
        """How many lines are held."""
        return self.bills.bills[self.table].held_count

    def shown(self) -> list[HeldRow]:
        """Return the held lines with the sentences that name their places."""
        return list(_shown(line for line in self.bills.held(self.table)))

    def _typed(self, where: Filter | None) -> Iterator[pa.Table]:
        self.rejected = list(self.bills.held(self.table))
        batches = self.bills.rows(self.plan, self.plan.columns, where)
        untypable: list[RejectedRow] = []
        for table in typed_batches(batches, self.plan.columns, self.plan.spec.key, untypable, NO_LIMIT):
            self.counts.read += table.num_rows
            yield table

    def _check_limit(self, rejected: Sequence[RejectedRow] | None = None) -> None:
        """Held lines of files are listed up to a limit and counted beyond it."""

    def _apart(self) -> dict[proofs.Partition, proofs.Figures]:
        return proofs.by_partition(self.bills.apart(self.table))


def _shown(lines: Iterator[HeldLine]) -> Iterator[HeldRow]:
    seen: set[tuple[str, str]] = set()
    for line in lines:
        key, digest = str(line.key[0]), digest_of(line.raw_record)
        while (key, digest) in seen:
            digest = digest_of(digest)
        seen.add((key, digest))
        yield HeldRow(key, line.reason, line.told, line.raw_record, digest)


def bill_source(source_id: str, pack: Pack, settings: BillSettings, kept: Path) -> BillSource:
    """Return the inbox of a source, ready to be opened; `kept` is where last good versions are kept."""
    assert pack.canonical is not None
    words = pack.folder / WORDS_FILE
    ignored = tomllib.loads(words.read_text(encoding="utf-8")).get("ignored", [])
    contract = read_contract(pack.canonical, words)
    return BillSource(source_id, settings, contract, frozenset(plain(word) for word in ignored), kept)


class BillsSync(SourceSync):
    """Holds one run of one inbox."""

    source: BillSource

    def _source(self) -> BillSource:
        spec = self.spec
        assert spec.bills is not None
        return bill_source(
            spec.source_id, self.pack, spec.bills, self.landing_dir / f"{spec.source_id}.files"
        )

    def _table(self, spec: TableSpec, number: int, found: Found) -> TableSync:
        return BillTable(self.room, plan_table(self.spec.source_id, spec, found, schema=None), number)

    def _open_room(self, landing: LandingFile) -> None:
        super()._open_room(landing)
        have = {spec.name for spec in self.specs if landing.columns(spec.name)}
        if not self.source.tables and not self.full and any(landing.row_count(name) for name in have):
            raise InboxEmptied(source=self.spec.source_id, folder=self.source.settings.inbox)
        wanted = have | self.source.tables
        self.specs = [spec for spec in self.specs if spec.name in wanted]

    def _outcome(self, table: TableSync, proof: Proof) -> TableOutcome:
        outcome = super()._outcome(table, proof)
        troubles = self.source.troubles(table.table)
        if not troubles:
            return outcome
        held = table.held_count
        message = _first_of(troubles, held, proof.landed_count)
        return replace(outcome, status="partial", message=message if proof.is_complete else outcome.message)

    def _result(self) -> SyncResult:
        self.ledger.record_files(self.run_id, self.spec.source_id, self.outcomes)
        return super()._result()

    def _read_and_load(self, found: Found) -> None:
        self.outcomes = self.source.outcomes()
        super()._read_and_load(found)
        self._tell_strangers()
        if all(result.status != "failure" for result in self.results.values()):
            self.source.keep()

    def _tell_strangers(self) -> None:
        """Hold the lines of sheets of which nobody knows what they are, under a name that is no entity's."""
        strangers = self.source.strangers
        held = self.source.held_of_strangers()
        nothing = not self.source.sheets
        if not strangers and not nothing:
            return
        now = datetime.now(UTC)
        count = sum(len(read.numbers) for read in strangers)
        troubles = [told_of_sheet(read) for read in strangers if read.refused is not None]
        if nothing:
            folder = self.source.settings.inbox
            troubles = [sentence("inbox_empty", source=self.spec.source_id, folder=folder)]
        self.ledger.record_quarantine(self.run_id, self.spec.source_id, INBOX, list(_shown(iter(held))))
        self._record(
            TableOutcome(
                INBOX, "partial", now, now, rows_read=count, rows_quarantined=count, source_row_count=count,
                landed_row_count=0, is_complete=True, message=_first_of(troubles, count, 0),
            )
        )  # fmt: skip


def _first_of(troubles: Sequence[Sentence], held: int, landed: int) -> Sentence:
    first = troubles[0]
    if len(troubles) > 1:
        more = sentence("bill_more", count=len(troubles) - 1)
        first = Sentence(first.zh + more.zh, first.en + more.en)
    code = "bill_table_trouble" if held else "bill_table_notice"
    told = sentence(code, held=held, landed=landed, first="")
    return Sentence(told.zh + first.zh, told.en + first.en) if held or landed else first
