"""Sales: what was ordered, shipped, invoiced and collected, by whom, and what is still open."""

from dashboards import flows
from dashboards.flows import Flow
from dashboards.reader import Reader

FLOW = Flow(
    page="sales",
    figures=("sales_ordered", "sales_shipped", "sales_invoiced", "sales_collected"),
    partner="customer",
    ageing="receivables_ageing",
)


def show(reader: Reader) -> None:
    """Draw the sales page."""
    flows.show(reader, FLOW)
