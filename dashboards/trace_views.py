"""The parts of the trace page: what is traced, the chain as a picture, its links and lines as tables."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import drill, tables
from dashboards.figures import amount, plain
from dashboards.reader import Reader
from dashboards.semantics.answer import Row
from dashboards.semantics.question import Filter
from dashboards.semantics.tracing import LedgerLine, Thing, Trace

SEARCH = "trace.search"
MOST_NODES = 60
MOST_ACCOUNTS = 24
STYLE = (
    'rankdir=LR; nodesep=0.18; ranksep=0.45; bgcolor=transparent; node [shape=box, style="rounded,filled", '
    'fillcolor="#f5f6f8", color="#90a4ae", fontname="sans-serif", fontsize=11, margin="0.14,0.07"]; '
    'edge [color="#78909c", fontname="sans-serif", fontsize=10, fontcolor="#455a64", arrowsize=0.7];'
)
ASKED = 'fillcolor="#d6e4f5", color="#1f4e8c", penwidth=2'
BOOKED = 'fillcolor="#eef5ea", color="#6b8f5a"'
DRAFTED = 'style="rounded,filled,dashed", fillcolor="#fdf6e3", color="#b58900"'


def search(reader: Reader) -> str:
    """Let the reader name a document or voucher; return it once, when it was entered."""
    entered = st.text_input(reader.say("trace.search"), placeholder=reader.say("trace.hint"), key=SEARCH)
    asked = (entered or "").strip()
    if asked == st.session_state.get("trace.searched", ""):
        return ""
    st.session_state["trace.searched"] = asked
    return asked


def go(reader: Reader, thing: Thing) -> None:
    """Trace another thing: the address names it."""
    drill.go("of", [thing.source_id, thing.kind, thing.id])
    st.rerun()


def choose(reader: Reader, asked: str, found: Sequence[Thing]) -> None:
    """Offer the things that have the name, or say that there is none."""
    if not found:
        st.info(plain(reader.say("error.unknown_thing", asked=asked)))
        return
    st.caption(plain(reader.say("trace.several", asked=asked, count=len(found))))
    for each in found:
        told = f"{_named(reader, each)}　{each.date or ''}　{each.company_code or ''}　{each.source_id}"
        st.button(
            plain(told),
            key=f"trace.choose.{each.key}",
            type="tertiary",
            on_click=drill.go,
            args=("of", [each.source_id, each.kind, each.id]),
        )


def heading(reader: Reader, thing: Thing) -> None:
    """Say what is traced, and offer to open it."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.subheader(plain(f"{_named(reader, thing)}　{thing.date or ''}"))
    left.caption(plain(f"{thing.company_code or ''}　{thing.source_id}"))
    if thing.kind == "draft":
        if right.button(reader.say("trace.open"), key="trace.open", width="stretch"):
            reader.open_page("vouchers", {"view": ["draft"]})
    elif right.button(reader.say("trace.open"), key="trace.open", width="stretch"):
        reader.open_page("ledger", address(thing))


def address(thing: Thing) -> dict[str, list[str]]:
    """The address of a document or voucher on the ledger page."""
    if thing.kind == "voucher":
        return {"voucher": [thing.source_id, thing.ledger_code or "", thing.id]}
    return {"document": [thing.source_id, thing.kind, thing.id, thing.no]}


def picture(reader: Reader, chain: Trace) -> None:
    """Draw the chain from left to right; what is too much for a picture stands in the tables."""
    if not chain.before and not chain.after and not chain.lines:
        st.info(reader.say("trace.alone"))
        return
    st.graphviz_chart(drawing(reader, chain), width="stretch")
    if chain.is_cut or len(chain.every) > MOST_NODES or len(_accounts(chain)) > MOST_ACCOUNTS:
        st.caption(reader.say("trace.cut", count=MOST_NODES))


def drawing(reader: Reader, chain: Trace) -> str:
    """Write the chain in the language of Graphviz; nothing in the data can become markup in it."""
    shown = chain.every[:MOST_NODES]
    names = {each.key: f"n{position}" for position, each in enumerate(shown)}
    asked = {each.key for each in chain.things}
    parts = [STYLE]
    for each in shown:
        lines = (_kind(reader, each), each.no if len(each.no) < 32 else f"{each.no[:12]}…", each.date or "")
        look = ASKED if each.key in asked else {"voucher": BOOKED, "draft": DRAFTED}.get(each.kind, "")
        parts.append(f"{names[each.key]} [label={_quoted(*lines)} {look}];")
    drawn = set()
    for link in (*chain.before, *chain.after):
        ends = (names.get(link.earlier.key), names.get(link.later.key))
        if None not in ends and ends not in drawn:
            drawn.add(ends)
            parts.append(f"{ends[0]} -> {ends[1]} [label={_quoted(_figure(link.amount))}];")
    accounts = _accounts(chain)
    for position, (code, (name, statement)) in enumerate(list(accounts.items())[:MOST_ACCOUNTS]):
        told = _quoted(f"{code} {name}", statement and reader.word("statement", statement))
        parts.append(f'a{position} [label={told} shape=plaintext style="" ];')
        for voucher in dict.fromkeys(line.voucher.key for line in chain.lines if line.account_code == code):
            if voucher in names:
                whole = [
                    line for line in chain.lines if line.account_code == code and line.voucher.key == voucher
                ]
                parts.append(f"{names[voucher]} -> a{position} [label={_quoted(_sum(whole))}];")
    return "digraph { " + " ".join(parts) + " }"


def links(reader: Reader, chain: Trace) -> None:
    """Show the links of the chain as a table; a click traces the other end."""
    keys = tuple(each.key for each in chain.every)
    if not chain.before and not chain.after:
        return
    st.subheader(reader.say("trace.links"))
    st.caption(reader.say("trace.click_link"))
    question = reader.whole("trace_links", filters=[Filter("from_key", keys), Filter("to_key", keys)])
    here = {(each.source_id, each.kind, each.id) for each in chain.things}

    def other(row: Row) -> None:
        later = (row["to_source_id"], row["to_kind"], row["to_id"])
        earlier = (row["from_source_id"], row["from_kind"], row["from_id"])
        drill.go("of", earlier if later in here else later)

    tables.table(
        reader,
        question,
        "trace.links_table",
        on_click=other,
        hidden=("from_source_id", "to_source_id", "from_id", "to_id"),
    )


def lines(reader: Reader, chain: Trace) -> None:
    """Show the ledger lines of the vouchers of the chain; a click leads to the account."""
    vouchers = {line.voucher for line in chain.lines}
    if not vouchers:
        return
    st.subheader(reader.say("trace.lines"))
    st.caption(reader.say("trace.click_line"))
    filters = [
        Filter("source_id", tuple(sorted({each.source_id for each in vouchers}))),
        Filter("voucher_id", tuple(sorted({each.id for each in vouchers}))),
    ]
    tables.table(
        reader,
        reader.whole("trace_lines", filters=filters),
        "trace.lines_table",
        on_click=lambda row: reader.open_page("ledger", {"account": [row["account_code"]]}),
        hidden=("ledger_code", "company_currency_code"),
    )


def button(reader: Reader, parts: Sequence[str], key: str) -> None:
    """Offer, beside a document or voucher (source, kind, id), to follow its chain."""
    if st.button(reader.say("trace.follow"), key=key):
        reader.open_page("trace", {"of": list(parts)})


def of_document(row: Row) -> list[str]:
    """The address of the trace of a document that a row names."""
    return [str(row[name] or "") for name in ("source_id", "document_entity", "document_id")]


def _accounts(chain: Trace) -> dict[str, tuple[str, str | None]]:
    return {line.account_code: (line.account_name, line.statement) for line in chain.lines}


def _sum(lines: Sequence[LedgerLine]) -> str:
    known = [line.amount for line in lines if line.amount is not None]
    return _figure(sum(known[1:], known[0])) if known else ""


def _figure(value: object) -> str:
    return amount(value) if value is not None else ""  # type: ignore[arg-type]


def _named(reader: Reader, thing: Thing) -> str:
    return f"{_kind(reader, thing)} {thing.no}"


def _kind(reader: Reader, thing: Thing) -> str:
    return reader.word("from_kind", thing.kind)


def _quoted(*lines: object) -> str:
    r"""Quote text for Graphviz, one line under the other: `\` and `"` of the data mean themselves."""
    said = [
        str(line).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
        for line in lines
        if line
    ]
    return '"' + "\\n".join(said) + '"'
