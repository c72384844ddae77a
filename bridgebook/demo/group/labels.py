"""The answers: which difference was planted where. Tests read them; no model ever does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.charts import ACCOUNTS
from bridgebook.demo.group.schema import padded

COLUMNS = (
    "label_id", "kind", "flow", "company", "document_line", "voucher_line", "fiscal_year", "period_no",
    "account_role", "amount", "pair_id", "document_no",
)  # fmt: skip


_BATCHES_AT_ONCE = 1000


class Labels:
    """Collect labels in batches; voucher lines are named when the ledger has numbered them."""

    def __init__(self) -> None:
        self.count = 0
        self.batches: list[dict[str, Any]] = []
        self.voucher_lines: dict[int, str] = {}

    def add(
        self,
        kind: str,
        flow: str,
        company: str,
        *,
        months: Any,
        amounts: Any,
        roles: Any = "",
        documents: Any = "",
        numbers: Any = "",
        pairs: Any = -1,
    ) -> Ints:
        """Add labels of one kind and give their numbers; `amounts` are cents, `months` month numbers."""
        months = np.asarray(months, dtype=np.int64)
        size = len(months)
        first = self.count
        self.count += size
        ids = np.arange(first, first + size, dtype=np.int64)
        self.batches.append(
            {
                "ids": ids, "kind": kind, "flow": flow, "company": company, "months": months,
                "amounts": np.broadcast_to(np.asarray(amounts, dtype=np.int64), (size,)),
                "roles": roles, "documents": documents, "numbers": numbers,
                "pairs": np.broadcast_to(np.asarray(pairs, dtype=np.int64), (size,)),
            }
        )  # fmt: skip
        return ids

    def found(self, ids: Any, names: list[str]) -> None:
        """Say which voucher lines labels stand on; several lines of one label are joined by a blank."""
        for number, name in zip(np.asarray(ids).tolist(), names, strict=True):
            before = self.voucher_lines.get(number)
            self.voucher_lines[number] = name if before is None else f"{before} {name}"

    def kinds(self) -> dict[str, int]:
        """Count the labels of every kind."""
        result: dict[str, int] = {}
        for batch in self.batches:
            result[batch["kind"]] = result.get(batch["kind"], 0) + len(batch["ids"])
        return dict(sorted(result.items()))

    def write(self, path: Path) -> None:
        """Write all labels as CSV."""
        schema = pa.schema([(name, pa.string()) for name in COLUMNS])
        options = pacsv.WriteOptions(quoting_style="none")
        with pacsv.CSVWriter(str(path), schema, write_options=options) as writer:
            names = [""] * self.count
            for number, name in self.voucher_lines.items():
                names[number] = name
            filled = [batch for batch in self.batches if len(batch["ids"])]
            for first in range(0, len(filled), _BATCHES_AT_ONCE):
                writer.write_table(_table(filled[first : first + _BATCHES_AT_ONCE], names))


def _table(batches: list[dict[str, Any]], names: list[str]) -> pa.Table:
    """Lay batches of labels out as the columns of the file; `names` holds the voucher lines of all labels."""
    ids, months, amounts, pairs = (
        np.concatenate([batch[name] for batch in batches]) for name in ("ids", "months", "amounts", "pairs")
    )
    sizes = [len(batch["ids"]) for batch in batches]
    which = pa.array(np.repeat(np.arange(len(batches)), sizes))
    words = {
        name: pa.array([batch[name] for batch in batches]).take(which) for name in ("kind", "flow", "company")
    }
    columns = {
        "label_id": pc.binary_join_element_wise("L", padded(ids, 8), ""),
        **words,
        "document_line": pa.concat_arrays(
            [_texts(batch["documents"], size) for batch, size in zip(batches, sizes, strict=True)]
        ),
        "voucher_line": pa.array(names[int(ids[0]) : int(ids[-1]) + 1], pa.string()),
        "fiscal_year": pc.cast(pa.array(months // 12 + 1970), pa.string()),
        "period_no": pc.cast(pa.array(months % 12 + 1), pa.string()),
        "account_role": pa.concat_arrays(
            [_roles(batch["roles"], size) for batch, size in zip(batches, sizes, strict=True)]
        ),
        "amount": _money(amounts),
        "pair_id": pc.fill_null(pc.binary_join_element_wise("P", padded(pairs, 8), ""), ""),
        "document_no": pa.concat_arrays(
            [_texts(batch["numbers"], size) for batch, size in zip(batches, sizes, strict=True)]
        ),
    }
    return pa.table([columns[name] for name in COLUMNS], names=list(COLUMNS))


def _repeated(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _texts(value: Any, count: int) -> pa.Array:
    return _repeated(value, count) if isinstance(value, str) else value


def _roles(value: Any, count: int) -> pa.Array:
    if isinstance(value, str):
        return _repeated(value, count)
    return pa.array([account.role for account in ACCOUNTS]).take(pa.array(np.asarray(value)))


def _money(cents: Any) -> pa.Array:
    """Write cents as an amount with two decimals."""
    size = np.abs(cents)
    sign = pa.array(["-", ""]).take(pa.array((cents >= 0).astype(np.int64)))
    whole = pc.cast(pa.array(size // 100), pa.string())
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise(sign, whole, ""), padded(size % 100, 2), "."
    )
