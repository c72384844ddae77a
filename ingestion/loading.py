"""Hand typed Arrow tables of first loads to dlt, which lands any number of rows in bounded memory.

dlt is told everything: where it may write (the home's dlt folder), that names stay as they are, that types
may not change by themselves, and that nobody wants its telemetry. Later changes do not pass through it: they
lie beside the landing file already, and one transaction logs and replaces them (`table_sync.py`).
"""

from __future__ import annotations

import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.errors import IngestionError
from ingestion.landing import RAW, SEQUENCE_COLUMN, LandingFile
from ingestion.landing_types import BIGINT, LandingType

ROWS_PER_FILE = 1_000_000
PACKAGES_KEPT = 5
_ONE_AT_A_TIME = threading.RLock()
_CONTRACT = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}


@dataclass(frozen=True)
class TableLoad:
    """Rows on their way into one empty landed table; `batches` are read once, in bounded pieces."""

    table: str
    columns: dict[str, LandingType]
    key: tuple[str, ...]
    batches: Callable[[], Iterable[pa.Table]]


class Loader:
    """Holds the dlt pipeline of one source."""

    def __init__(self, source_id: str, landing: LandingFile, dlt_dir: Path) -> None:
        self.source_id, self.landing, self.dlt_dir = source_id, landing, dlt_dir
        self._pipeline: Any = None

    @property
    def folder(self) -> Path:
        """The pipeline's own folder in the home."""
        return self.dlt_dir / "pipelines" / self.source_id

    @property
    def pipeline(self) -> Any:
        """The pipeline; made when first needed, because a sync after the first does not need dlt at all."""
        if self._pipeline is None:
            dlt = _configured_dlt(self.dlt_dir)
            self._pipeline = dlt.pipeline(
                self.source_id,
                pipelines_dir=str(self.folder.parent),
                destination=dlt.destinations.duckdb(self.landing.connection, naming_convention="direct"),
                dataset_name=RAW,
            )
        return self._pipeline

    def _may_be_pending(self) -> bool:
        places = (
            self.folder / "load" / "normalized",
            self.folder / "load" / "new",
            self.folder / "normalize",
        )
        return any(
            place.is_dir() and any(p.is_file() for p in place.rglob("*") if p.name != ".version")
            for place in places
        )

    def forget_pending(self) -> None:
        """Drop packages that were not loaded to the end: their first loads begin anew from the source."""
        with _ONE_AT_A_TIME:
            if self._may_be_pending() and self.pipeline.has_pending_data:
                self.pipeline.abort_packages()

    def _knows_any_of(self, loads: Sequence[TableLoad]) -> bool:
        """Tell whether dlt loaded one of the tables before: its types may be of that time."""
        if not self.pipeline.default_schema_name:
            return False
        known = self.pipeline.default_schema.tables
        return any(load.table in known for load in loads)

    def _forget_schema(self) -> None:
        """Make dlt read the tables anew, which this room creates and changes by itself."""
        self.pipeline.drop()
        self._pipeline = None
        for table in ("_dlt_version", "_dlt_pipeline_state"):
            self.landing.connection.execute(f'drop table if exists {RAW}."{table}"')

    def load(self, loads: Sequence[TableLoad]) -> None:
        """Load some tables in one package; the error that stopped it, ours if there was one."""
        with _ONE_AT_A_TIME:
            if self._knows_any_of(loads):
                self._forget_schema()
            pipeline = self.pipeline
            import dlt

            resources = [self._resource(dlt, load) for load in loads]
            gc.freeze()  # what is there already is not looked through for every batch
            try:
                pipeline.run(resources, loader_file_format="parquet")
                self._tidy()
            except Exception as error:
                self.landing.rollback()
                self.forget_pending()
                raise _cause(error) from None
            finally:
                gc.unfreeze()

    def _tidy(self) -> None:
        """Keep only the newest few of dlt's records of finished packages."""
        loaded = self.folder / "load" / "loaded"
        if loaded.is_dir():
            for old in sorted(loaded.iterdir())[:-PACKAGES_KEPT]:
                shutil.rmtree(old, ignore_errors=True)

    def _resource(self, dlt: Any, load: TableLoad) -> Any:
        columns = {**load.columns, SEQUENCE_COLUMN: BIGINT}
        return dlt.resource(
            load.batches,
            name=load.table,
            primary_key=list(load.key),
            write_disposition="append",
            columns={name: _hint(name, landing_type) for name, landing_type in columns.items()},
            schema_contract=_CONTRACT,
        )()


def with_sequence(tables: Iterable[pa.Table], sequence: int) -> Iterator[pa.Table]:
    """Add the load's number to every row; batches that dlt has written are freed before the next is read."""
    for table in tables:
        numbers = pa.repeat(pa.scalar(sequence, pa.int64()), table.num_rows)
        yield table.append_column(SEQUENCE_COLUMN, numbers)
        gc.collect()  # dlt's items hold each other, and with them their batch


def _hint(name: str, landing_type: LandingType) -> dict[str, Any]:
    hint: dict[str, Any] = {"name": name, "nullable": True}
    if landing_type.is_decimal:
        if landing_type.precision == 38 and landing_type.scale == 0:
            return hint | {"data_type": "wei"}
        return hint | {
            "data_type": "decimal",
            "precision": landing_type.precision,
            "scale": landing_type.scale,
        }
    return hint | _HINTS[landing_type.name]


_HINTS: dict[str, dict[str, Any]] = {
    "SMALLINT": {"data_type": "bigint", "precision": 16},
    "INTEGER": {"data_type": "bigint", "precision": 32},
    "BIGINT": {"data_type": "bigint", "precision": 64},
    "BOOLEAN": {"data_type": "bool"},
    "VARCHAR": {"data_type": "text"},
    "DATE": {"data_type": "date"},
    "TIMESTAMP": {"data_type": "timestamp", "precision": 6, "timezone": False},
    "BLOB": {"data_type": "binary"},
}


def _cause(error: BaseException) -> BaseException:
    """Return our own error from inside dlt's wrapping, or the wrapping itself."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, IngestionError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return error


def _configured_dlt(dlt_dir: Path) -> Any:
    """Import dlt with its settings pinned, so that no file or variable of the user changes what it does."""
    os.environ.update(
        {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "CRITICAL",
            "DLT_DATA_DIR": str(dlt_dir),
            "DLT_PROJECT_DIR": str(dlt_dir),
            "DLT_LOCAL_DIR": str(dlt_dir),
            "LOAD__DELETE_COMPLETED_JOBS": "true",
            "LOAD__WORKERS": "1",
            "DATA_WRITER__FILE_MAX_ITEMS": str(ROWS_PER_FILE),
            "DATA_WRITER__BUFFER_MAX_ITEMS": "100000",
            "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "false",
            "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID": "false",
            "RESTORE_FROM_DESTINATION": "false",
        }
    )
    settings = dlt_dir / ".dlt"
    settings.mkdir(exist_ok=True)
    for name in (
        "secrets.toml",
        "config.toml",
    ):  # without them dlt looks for Streamlit's secrets, and imports it
        if not (settings / name).exists():
            (settings / name).write_text(
                "# Everything dlt needs is told by bridgebook.\n[bridgebook]\nis_house = true\n"
            )
    import dlt
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    providers = Container()[PluggableRunContext].providers
    providers.providers[:] = [providers["Environment Variables"]]  # no user's file is asked, 750 times a load
    return dlt
