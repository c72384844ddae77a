"""Procurement: what was ordered, received, invoiced and paid, by whom, and what is still open."""

from dashboards import flows
from dashboards.flows import Flow
from dashboards.reader import Reader

FLOW = Flow(
    page="procurement",
    figures=("purchases_ordered", "purchases_received", "purchases_invoiced", "purchases_paid"),
    partner="supplier",
    ageing="payables_ageing",
)


def show(reader: Reader) -> None:
    """Draw the procurement page."""
    flows.show(reader, FLOW)
