"""The views of the ledger page: each one question, drawn as a table that leads one step further down."""

from __future__ import annotations

import streamlit as st

from dashboards import drill, filters, tables, trace_views
from dashboards.figures import amount, plain
from dashboards.reader import Reader, report_is_published
from dashboards.semantics.answer import Row
from dashboards.semantics.question import Filter

HIDDEN = ("origin_source_id", "origin_document_id", "company_currency_code")
HEADER = ("posting_date", "voucher_word", "voucher_no", "prepared_by", "reviewed_by", "posted_by", "status")
SCOPES = {"posted": "trial_balance", "all": "trial_balance_with_unposted"}
PROCUREMENT = ("purchase_requests", "purchase_orders", "goods_receipts", "purchase_invoices")


def chosen_report() -> str:
    """The report that the ledger page opens with, so that its head names the right caliber."""
    if st.session_state.get("ledger.view", "trial_balance") != "trial_balance":
        return "trial_balance"
    return SCOPES[st.session_state.get("ledger.scope") or "posted"]


def trial_balance(reader: Reader, search: str) -> None:
    """The trial balance; a click opens the account."""
    scope = st.segmented_control(
        reader.say("filter.posting_scope"),
        tuple(SCOPES),
        default="posted",
        required=True,
        format_func=lambda code: reader.say(f"filter.scope_{code}"),
        key="ledger.scope",
    )
    st.caption(reader.say("ledger.click_account"))
    question = reader.question(SCOPES[str(scope)], search=search)
    tables.table(
        reader,
        question,
        "ledger.trial_balance",
        on_click=lambda row: drill.go("account", [row["account_code"]]),
        hidden=("account_type",),
    )


def check(reader: Reader, search: str) -> None:
    """Closing balances beside those that the finance system itself reports."""
    only = st.toggle(reader.say("ledger.differences_only"), key="ledger.differences")
    chosen = [Filter("difference_amount", (0, None), "not_in")] if only else []
    tables.table(
        reader, reader.question("trial_balance_check", filters=chosen, search=search), "ledger.check"
    )


def auxiliary(reader: Reader, search: str) -> None:
    """Balances by account and partner, department, project or item."""
    group = filters.choose_group(reader, "auxiliary_balances", "ledger.auxiliary")
    groups = ("account", *(code for code in group if code != "account"))
    question = reader.question("auxiliary_balances", search=search, group_by=groups)
    tables.table(
        reader,
        question,
        f"ledger.auxiliary.{groups}",
        on_click=lambda row: drill.go("account", [row["account_code"]]),
    )


def unposted(reader: Reader, search: str) -> None:
    """Lines that are entered but not posted."""
    tables.table(reader, reader.question("unposted_vouchers", search=search), "ledger.unposted")


def account(reader: Reader, code: str) -> None:
    """One account: opening, movements and closing, and its lines with a running balance."""
    same = [Filter("account_code", (code,))]
    for total in reader.ask(reader.question("trial_balance", filters=same)).totals:
        boxes = st.columns(4)
        names = ("opening", "debit", "credit", "closing")
        columns = ("opening_amount", "debit", "credit", "closing_amount")
        for box, name, column in zip(boxes, names, columns, strict=True):
            currency = plain(total.apart[0][1] or "")
            box.metric(f"{reader.say(f'ledger.{name}')} ({currency})", amount(total.values.get(column)))
    narrowed = filters.narrow(reader, "account_lines", "ledger.account", [("partner", "partner_code")])
    st.caption(reader.say("ledger.click_voucher"))
    question = reader.question("account_lines", filters=[*same, *narrowed.filters], search=narrowed.search)
    tables.table(
        reader,
        question,
        "ledger.account",
        on_click=lambda row: drill.go("voucher", [row["source_id"], row["ledger_code"], row["voucher_id"]]),
        hidden=("account_code", "account_name", "company_currency_code", "ledger_code"),
    )


def voucher(reader: Reader, parts: tuple[str, ...]) -> None:
    """One voucher: who made it, its lines, and where its business document is."""
    question = reader.whole("voucher", filters=_named(("source_id", "ledger_code", "voucher_id"), parts))
    rows = reader.ask(question).rows
    if rows:
        _voucher_head(reader, rows[0])
        trace_views.button(reader, (parts[0], "voucher", parts[2]), "ledger.trace_voucher")
        st.caption(reader.say("ledger.click_document"))
    tables.table(
        reader,
        question,
        "ledger.voucher",
        on_click=lambda row: _open_document(row),
        hidden=(*HEADER, *HIDDEN, "company_name", "ledger_code", "entry_kind"),
        only_filled=True,
    )
    if rows and not any(row["origin_document_id"] for row in rows):
        st.info(reader.say("ledger.no_document"))


def document(reader: Reader, parts: tuple[str, ...]) -> None:
    """One business document: its lines, and the vouchers that point at it."""
    source, entity, identifier, number = parts
    trace_views.button(reader, (source, entity, identifier), "ledger.trace_document")
    same = _named(("source_id", "document_entity", "document_id"), (source, entity, identifier))
    reports = ("procurement_document", "sales_document")
    found = [
        question
        for question in (reader.whole(report, filters=same) for report in reports)
        if report_is_published(question.report, reader.snapshot) and reader.ask(question).row_count
    ]
    for question in found:
        tables.table(reader, question, f"ledger.{question.report}", only_filled=True)
    if not found:
        st.info(plain(reader.say("ledger.document_missing", number=number or identifier)))
    st.subheader(reader.say("ledger.vouchers_of_document"))
    pointing = _named(
        ("origin_source_id", "origin_entity", "origin_document_id"), (source, entity, identifier)
    )
    tables.table(
        reader,
        reader.whole("document_vouchers", filters=pointing),
        "ledger.document.vouchers",
        on_click=_open_voucher,
    )


def account_title(reader: Reader, code: str) -> str:
    """`1122 应收账款`, as far as the reader may see the account."""
    rows = reader.ask(reader.question("trial_balance", filters=[Filter("account_code", (code,))])).rows
    return f"{code} {rows[0].get('account_name') or ''}".strip() if rows else code


def voucher_title(reader: Reader, parts: tuple[str, ...]) -> str:
    """`凭证 记-0012`, as far as the reader may see the voucher."""
    question = reader.whole("voucher", filters=_named(("source_id", "ledger_code", "voucher_id"), parts))
    rows = reader.ask(question).rows
    if not rows:
        return reader.say("ledger.voucher_of", word="", number=parts[2])
    return reader.say(
        "ledger.voucher_of",
        word=rows[0].get("voucher_word") or "",
        number=rows[0].get("voucher_no") or parts[2],
    )


def _voucher_head(reader: Reader, row: Row) -> None:
    st.subheader(
        plain(
            f"{row.get('voucher_word') or ''}-{row.get('voucher_no') or ''}　{row.get('company_name') or ''}"
        )
    )
    told = [
        f"**{reader.say(f'ledger.{label}')}** {plain(row.get(column) or '–')}"
        for label, column in (
            ("posted_on", "posting_date"),
            ("prepared_by", "prepared_by"),
            ("reviewed_by", "reviewed_by"),
            ("posted_by", "posted_by"),
        )
    ]
    st.caption("　".join(told))


def _open_document(row: Row) -> None:
    if row["origin_document_id"]:
        names = ("origin_entity", "origin_document_id", "origin_document_no")
        source = row["origin_source_id"] or row["source_id"]
        drill.go("document", [source, *(row[name] for name in names)])


def _open_voucher(row: Row) -> None:
    st.query_params.pop("document", None)
    drill.go("voucher", [row["source_id"], row["ledger_code"], row["voucher_id"]])


def _named(columns: tuple[str, ...], values: tuple[str, ...]) -> list[Filter]:
    """Filters from the parts of an address; an empty part matches a missing value too."""
    return [
        Filter(column, (value,) if value else ("", None))
        for column, value in zip(columns, values, strict=True)
    ]
