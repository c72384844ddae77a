"""Ledger: trial balance, then the lines of an account, then a voucher, then its business document."""

from __future__ import annotations

import streamlit as st

from dashboards import drill, filters, frame, ledger_views
from dashboards.reader import Reader

VIEWS = ("trial_balance", "check", "auxiliary", "unposted")
STEPS = ("account", "voucher", "document")


def show(reader: Reader) -> None:
    """Draw the deepest step that the address names."""
    account, voucher, document = drill.at("account"), drill.at("voucher", 3), drill.at("document", 4)
    report = "account_lines" if account or voucher or document else ledger_views.chosen_report()
    frame.head(reader, "ledger", reader.calibers(report))
    steps = [drill.Step(reader.say("ledger.trial_balance"), ())]
    if account:
        steps.append(drill.Step(ledger_views.account_title(reader, account[0]), ("account",)))
    if voucher:
        steps.append(drill.Step(ledger_views.voucher_title(reader, voucher), ("account", "voucher")))
    if document:
        steps.append(drill.Step(reader.say("ledger.document_of", number=document[3] or document[2]), STEPS))
    if len(steps) > 1:
        drill.breadcrumb(steps, STEPS, "ledger")
    if document:
        ledger_views.document(reader, document)
    elif voucher:
        ledger_views.voucher(reader, voucher)
    elif account:
        ledger_views.account(reader, account[0])
    else:
        overview(reader)


def overview(reader: Reader) -> None:
    """The whole ledger in one of its views."""
    view = filters.choose_view(reader, VIEWS, "ledger", "ledger.view")
    search = st.text_input(
        reader.say("filter.search"), placeholder=reader.say("filter.search_hint"), key="ledger.search"
    )
    {
        "trial_balance": ledger_views.trial_balance,
        "check": ledger_views.check,
        "auxiliary": ledger_views.auxiliary,
        "unposted": ledger_views.unposted,
    }[view](reader, search or "")
