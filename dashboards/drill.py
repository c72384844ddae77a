"""The way down from a figure to its documents: the address holds every step, so that a link can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboards.figures import plain


@dataclass(frozen=True)
class Step:
    """One step of the way: what it is called and the parameters of the address that it needs."""

    label: str
    parameters: tuple[str, ...]


def at(name: str, length: int = 1) -> tuple[str, ...] | None:
    """Return the parts of a step in the address, or None where it is not there or not whole."""
    parts = tuple(st.query_params.get_all(name))
    return parts if len(parts) == length else None


def go(name: str, parts: Sequence[object]) -> None:
    """Take one more step."""
    st.query_params[name] = ["" if part is None else str(part) for part in parts]


def back_to(step: Step, every: Sequence[str]) -> None:
    """Return to a step: forget the parameters of all later ones."""
    for name in every:
        if name not in step.parameters:
            st.query_params.pop(name, None)


def breadcrumb(steps: Sequence[Step], every: Sequence[str], key: str) -> None:
    """Show the way as a row of buttons; the last one is where the reader is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for position, step in enumerate(steps):
            is_here = position == len(steps) - 1
            st.button(
                plain(step.label) if is_here else f"{plain(step.label)} ›",
                key=f"{key}.step.{position}",
                type="tertiary",
                disabled=is_here,
                on_click=back_to,
                args=(step, every),
            )
