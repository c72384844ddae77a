"""The one way to a figure: a question, the reader's rights and a snapshot give an answer."""

from dashboards.semantics.answer import Answer, Column, Completeness, Total
from dashboards.semantics.asking import ask, choices, stream
from dashboards.semantics.catalog import catalog
from dashboards.semantics.entries import Catalog, Report
from dashboards.semantics.question import Filter, Order, Period, Periods, Question
from dashboards.semantics.rights import ALL, Rights

__all__ = [
    "ALL",
    "Answer",
    "Catalog",
    "Column",
    "Completeness",
    "Filter",
    "Order",
    "Period",
    "Periods",
    "Question",
    "Report",
    "Rights",
    "Total",
    "ask",
    "catalog",
    "choices",
    "stream",
]
