"""The workbench of vouchers: narrow, select, look inside, approve, sign, post; print what is posted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from bridgebook.books.paper import in_words, page
from bridgebook.books.paper_pdf import can_print_pdf
from bridgebook.books.periods import MODULES
from bridgebook.books.voucher import Draft, Line, Posted
from bridgebook.books.vouchers import DecisionRefused, Outcome, VoucherDesk, WorkDraft
from dashboards.deciding import decider
from dashboards.figures import amount, plain
from dashboards.reader import Reader, company_names
from dashboards.voucher_desk import Narrowed, decide, post_everything, reasons_of, total_of

ROW_HEIGHT = 32
TALL = 14
MOST = 2000
KINDS = ("normal", "red", "blue")


def narrow(reader: Reader) -> Narrowed:
    """Let the reader narrow the worklist."""
    boxes = st.columns([2, 1.4, 1.4, 1.2], vertical_alignment="bottom")
    search = boxes[0].text_input(reader.say("filter.search"), key="vouchers.search")
    names = company_names(reader.rights, reader.snapshot)
    companies = boxes[1].multiselect(
        reader.say("filter.companies"),
        list(names),
        format_func=lambda code: f"{code} {names[code]}",
        placeholder=reader.say("filter.every"),
        key="vouchers.companies",
    )
    modules = boxes[2].multiselect(
        reader.say("vouchers.module"),
        MODULES,
        format_func=lambda name: reader.say(f"vouchers.module_{name}"),
        placeholder=reader.say("filter.every"),
        key="vouchers.modules",
    )
    kinds = boxes[3].multiselect(
        reader.say("vouchers.kind"),
        KINDS,
        format_func=lambda name: reader.say(f"vouchers.kind_{name}"),
        placeholder=reader.say("filter.every"),
        key="vouchers.kinds",
    )
    chosen = tuple(companies) or reader.companies
    return Narrowed(search or "", chosen, tuple(modules), tuple(kinds))


def tiles(reader: Reader, found: Sequence[WorkDraft] | Sequence[Posted], anchor: str) -> None:
    """Show how many there are, their amount, and the anchor of the chain."""
    boxes = st.columns(3)
    boxes[0].metric(reader.say("vouchers.tile_count"), f"{len(found):,}", border=True)
    boxes[1].metric(reader.say("vouchers.tile_amount"), amount(total_of(found), reader.unit), border=True)
    number, _, seal = anchor.partition(":")
    boxes[2].metric(reader.say("vouchers.tile_anchor"), f"{number}:{seal[:8]}", border=True, help=anchor)


def choose(reader: Reader, found: Sequence[WorkDraft], view: str, *, may_decide: bool) -> list[WorkDraft]:
    """Show drafts as a table; return the selected ones."""
    shown = list(found[:MOST])
    if len(found) > MOST:
        st.caption(reader.say("vouchers.more", count=f"{MOST:,}"))
    listed = _listed([each.draft.content_hash + each.draft.draft_id for each in shown])
    every = False
    if may_decide:
        told = reader.say("vouchers.select_all", count=f"{len(shown):,}")
        every = st.checkbox(told, key=f"vouchers.{view}.all.{listed}")
    rows = [_written(reader, each) for each in shown]
    picked = _grid(reader, rows, f"vouchers.{view}.grid.{listed}", multiple=True)
    return shown if every else [shown[number] for number in picked if number < len(shown)]


def inside(reader: Reader, desk: VoucherDesk, draft: Draft) -> None:
    """Show the lines of a draft, and why they are so."""
    st.markdown(f"**{plain(draft.document_no or draft.draft_id)}**　{plain(draft.draft_id)}")
    say = reader.say
    _lines(reader, draft.lines, desk.expected.names(draft.company_code, draft.ledger_code))
    if not st.toggle(say("vouchers.explain"), key="vouchers.explain"):
        return
    try:
        reasons = reasons_of(reader.house.home, draft)
    except Exception as error:
        if not hasattr(error, "sentence"):
            raise
        st.info(plain(error.sentence(reader.language)))
        return
    names = [say(f"vouchers.{name}") for name in ("account", "rule", "conditions", "determined", "word")]
    st.dataframe(pd.DataFrame(reasons, columns=names, dtype=str), hide_index=True, row_height=ROW_HEIGHT)


def offer(reader: Reader, desk: VoucherDesk, view: str, chosen: Sequence[WorkDraft]) -> None:
    """Offer what may be done with the selected drafts, and say what came of it."""
    by = decider(reader.rights)
    told = reader.say(
        "vouchers.selected", count=f"{len(chosen):,}", amount=amount(total_of(chosen), reader.unit)
    )
    st.markdown(f"**{plain(told)}**　{plain(reader.say('masters.deciding_as', name=by))}")
    actions = {"draft": ("approve", "reject", "sign"), "approved": ("post", "sign", "reject")}
    offered = actions.get(view, ("approve",))
    first, *boxes = st.columns([4, *([1] * len(offered))], vertical_alignment="bottom")
    reason = first.text_input(reader.say("masters.reason"), key="vouchers.reason") or ""
    pressed = [
        name
        for position, (name, box) in enumerate(zip(offered, boxes, strict=True))
        if box.button(
            reader.say(f"vouchers.{name}"),
            key=f"vouchers.{name}",
            type="secondary" if position else "primary",
            width="stretch",
        )
    ]
    if not pressed:
        return
    (name,) = pressed
    result = decide(desk, name, chosen, by=by, reason=reason)
    tell(reader, result, reader.say(f"vouchers.done_{name}", count=len(chosen)))


def offer_everything(reader: Reader, desk: VoucherDesk, view: str, count: int) -> None:
    """Offer to post every approved draft, or to let approved rules review and post theirs."""
    is_automatic = view == "draft"
    name = "auto" if is_automatic else "post_all"
    if not st.button(reader.say(f"vouchers.{name}"), key=f"vouchers.{name}"):
        return
    bar = st.progress(0.0)

    def progress(done: int) -> None:
        bar.progress(min(done, count) / max(count, 1), reader.say("vouchers.progress", count=f"{done:,}"))

    result = post_everything(desk, by=decider(reader.rights), is_automatic=is_automatic, progress=progress)
    tell(reader, result, "")


def tell(reader: Reader, result: Outcome | DecisionRefused | None, done: str) -> None:
    """Say what came of a decision: at once where it was refused, else on the page as it is now."""
    if isinstance(result, DecisionRefused):
        st.error(plain(reader.say("masters.refused", reason=result.sentence(reader.language))))
        return
    if result is not None:
        done = reader.say("vouchers.posted_told", count=f"{len(result.posted):,}", anchor=result.anchor)
        if result.refused:
            first = result.refused[0].sentence(reader.language)
            done += " " + reader.say("vouchers.left", count=f"{len(result.refused):,}", reason=first)
    st.session_state["vouchers.told"] = done
    st.rerun()


def posted(reader: Reader, desk: VoucherDesk, found: Sequence[Posted]) -> None:
    """Show posted vouchers; the selected one as it is printed."""
    say, shown = reader.say, list(found[:MOST])
    rows = [
        {
            say("vouchers.voucher"): each.voucher_id,
            say("vouchers.kind"): say(f"vouchers.kind_{each.kind}"),
            say("vouchers.date"): str(each.posting_date),
            say("vouchers.document"): each.document_no or "",
            say("vouchers.amount"): amount(each.debit),
            say("vouchers.reviewed"): each.reviewed_by,
            say("vouchers.cashier"): each.cashier or "",
            say("vouchers.booked"): each.posted_by,
        }
        for each in shown
    ]
    picked = _grid(reader, rows, f"vouchers.posted.grid.{len(found)}", multiple=False)
    if not picked or picked[0] >= len(shown):
        st.caption(say("vouchers.print_hint"))
        return
    sheet(reader, desk, shown[picked[0]])


def sheet(reader: Reader, desk: VoucherDesk, voucher: Posted) -> None:
    """Show a posted voucher with the elements of a voucher on paper, and offer it to be printed."""
    say, names = reader.say, company_names(reader.rights, reader.snapshot)
    company = names.get(voucher.company_code, voucher.company_code)
    accounts = desk.expected.names(voucher.company_code, voucher.ledger_code)
    head = (
        (say("vouchers.company"), company),
        (say("vouchers.date"), str(voucher.posting_date)),
        (say("vouchers.voucher"), f"{voucher.voucher_word}-{voucher.voucher_no}"),
        (say("vouchers.attachments"), str(voucher.attachment_count)),
        (say("vouchers.document"), voucher.document_no or ""),
    )
    st.subheader(say("vouchers.title"))
    st.markdown("　".join(f"**{plain(name)}** {plain(value)}" for name, value in head))
    _lines(reader, desk.content(voucher.voucher_id).lines, accounts)
    foot = (
        (say("vouchers.total"), f"{amount(voucher.debit)}　{in_words(voucher.debit)}"),
        (say("vouchers.booked"), voucher.posted_by),
        (say("vouchers.cashier"), voucher.cashier or ""),
        (say("vouchers.reviewed"), voucher.reviewed_by),
        (say("vouchers.prepared"), voucher.prepared_by),
    )
    st.markdown("　".join(f"**{plain(name)}** {plain(value)}" for name, value in foot))
    st.caption(plain(f"{voucher.chain_no}:{voucher.voucher_hash}"))
    if reader.rights.may_export:
        _printing(reader, desk, voucher, company)


def _printing(reader: Reader, desk: VoucherDesk, voucher: Posted, company: str) -> None:
    """Offer the voucher as a page and as PDF, made when they are asked for."""
    name = voucher.voucher_id.replace("/", "_")
    made: dict[str, tuple[Callable[[], str | bytes], str]] = {
        "html": (
            lambda: page(
                desk.paper(voucher.voucher_id, company_name=company, language=reader.language),
                voucher.voucher_id,
            ),
            "text/html; charset=utf-8",
        )
    }
    if can_print_pdf():
        made["pdf"] = (
            lambda: desk.pdf(voucher.voucher_id, company_name=company, language=reader.language),
            "application/pdf",
        )
    else:
        st.caption(reader.say("vouchers.no_typeface"))
    with st.container(horizontal=True):
        for suffix, (write, kind) in made.items():
            st.download_button(
                reader.say(f"vouchers.print_{suffix}"),
                data=write,
                file_name=f"{name}.{suffix}",
                mime=kind,
                key=f"vouchers.print_{suffix}",
                on_click="ignore",
            )


def _lines(reader: Reader, lines: Sequence[Line], accounts: Mapping[str, str]) -> None:
    say = reader.say
    rows = [
        {
            say("vouchers.summary"): line.summary or "",
            say("vouchers.account"): f"{line.account_code} {accounts.get(line.account_code, '')}".strip(),
            say("vouchers.role"): line.account_role,
            say("vouchers.partner"): line.partner_code or "",
            say("vouchers.item"): line.item_code or "",
            say("vouchers.debit"): amount(line.debit) if line.debit else "",
            say("vouchers.credit"): amount(line.credit) if line.credit else "",
        }
        for line in lines
    ]
    right = (say("vouchers.debit"), say("vouchers.credit"))
    frame = pd.DataFrame(rows, dtype=str)
    st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW_HEIGHT,
        column_config={
            name: st.column_config.TextColumn(name, alignment="right" if name in right else "left")
            for name in frame.columns
        },
    )


def _grid(reader: Reader, rows: Sequence[dict[str, str]], key: str, *, multiple: bool) -> list[int]:
    frame = pd.DataFrame(rows, dtype=str)
    right = reader.say("vouchers.amount")
    event = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), TALL) + 1) + 4,
        row_height=ROW_HEIGHT,
        on_select="rerun",
        selection_mode=["multi-row" if multiple else "single-row"],
        column_config={
            name: st.column_config.TextColumn(name, alignment="right" if name == right else "left")
            for name in frame.columns
        },
    )
    return list(event["selection"]["rows"])


def _written(reader: Reader, work: WorkDraft) -> dict[str, str]:
    draft, say = work.draft, reader.say
    last = work.signature or work.review
    return {
        say("vouchers.state"): say(f"vouchers.state_{work.state}"),
        say("vouchers.kind"): say(f"vouchers.kind_{draft.kind}"),
        say("vouchers.company"): draft.company_code,
        say("vouchers.date"): str(draft.posting_date or draft.voucher_date),
        say("vouchers.word_column"): draft.voucher_word,
        say("vouchers.document"): draft.document_no or "",
        say("vouchers.summary"): draft.lines[0].summary or "" if draft.lines else "",
        say("vouchers.rule"): f"{draft.rule_code} v{draft.rule_version}",
        say("vouchers.amount"): amount(draft.debit),
        say("vouchers.decided"): last.by if last else "",
    }


def _listed(names: Sequence[str]) -> str:
    """Name a list: what was selected in another one, before others decided, is so no more."""
    return hashlib.md5("\n".join(names).encode(), usedforsecurity=False).hexdigest()[:12]
