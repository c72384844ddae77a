"""Procurement, sales and ledger lines in one table, grouped at will, each total of one caliber only."""

from dashboards import filters, frame, tables
from dashboards.reader import Reader

CHOICES = [
    ("line_kind", "line_kind"),
    ("caliber", "caliber_code"),
    ("partner", "partner_code"),
    ("item", "item_code"),
    ("account", "account_code"),
]


def show(reader: Reader) -> None:
    """Draw the table of lines."""
    frame.head(reader, "lines", reader.calibers("lines"))
    narrowed = filters.narrow(reader, "lines", "lines", CHOICES)
    group = filters.choose_group(reader, "lines", "lines", with_lines=True)
    question = reader.question("lines", filters=narrowed.filters, search=narrowed.search, group_by=group)
    tables.table(reader, question, f"lines.{group}")
