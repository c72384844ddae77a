"""The answers: which difference was planted where. Tests read them; no model ever does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.charts import ACCOUNTS

Render = Callable[[Any], Any]
COLUMNS = (
    "label_id", "kind", "flow", "company", "document_line", "voucher_line", "fiscal_year", "period_no",
    "account_role", "amount", "pair_id",
)  # fmt: skip


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
                "roles": roles, "documents": documents,
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
        columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for batch in self.batches:
            size = len(batch["ids"])
            years, periods = batch["months"] // 12 + 1970, batch["months"] % 12 + 1
            columns["label_id"] += [f"L{number:08d}" for number in batch["ids"].tolist()]
            for name in ("kind", "flow", "company"):
                columns[name] += [batch[name]] * size
            columns["document_line"] += _texts(batch["documents"], size)
            columns["voucher_line"] += [self.voucher_lines.get(n, "") for n in batch["ids"].tolist()]
            columns["fiscal_year"] += years.tolist()
            columns["period_no"] += periods.tolist()
            columns["account_role"] += _roles(batch["roles"], size)
            columns["amount"] += [f"{value // 100 if value >= 0 else -(-value // 100)}.{abs(value) % 100:02d}"
                                  if value >= 0 or value <= -100 else f"-0.{-value:02d}"
                                  for value in batch["amounts"].tolist()]  # fmt: skip
            columns["pair_id"] += ["" if value < 0 else f"P{value:06d}" for value in batch["pairs"].tolist()]
        pacsv.write_csv(pa.table(columns), str(path))


def _texts(value: Any, size: int) -> list[str]:
    if isinstance(value, str):
        return [value] * size
    return list(value)


def _roles(value: Any, size: int) -> list[str]:
    if isinstance(value, str):
        return [value] * size
    return [ACCOUNTS[number].role for number in np.asarray(value).tolist()]
