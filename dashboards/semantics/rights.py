"""What one reader may see: an argument of every question, and part of every cache key."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.errors import ForbiddenCompany, ForbiddenExport


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Companies, hidden columns and export; a plain `Rights()` may see nothing.

    `companies` is None only for a reader who may see every company, rows without a company included.
    `hidden_columns` holds column names, or `mart.column` to hide a column in one mart only.
    `name` stands in the audit log for what this reader decides; empty: whoever runs the program.
    """

    companies: frozenset[str] | None = frozenset()
    hidden_columns: frozenset[str] = frozenset()
    may_export: bool = False
    may_decide: bool = False
    name: str = ""

    @property
    def sees_all(self) -> bool:
        return self.companies is None

    def hides(self, mart: str, column: str) -> bool:
        """Say whether a column of a mart is kept from this reader."""
        return column in self.hidden_columns or f"{mart}.{column}" in self.hidden_columns

    def scope(self, asked: tuple[str, ...]) -> tuple[str, ...] | None:
        """Companies a question is limited to; None means no limit.

        Raises ForbiddenCompany for a company outside the rights, and for a reader without any company.
        """
        if self.companies is None:
            return tuple(sorted(set(asked))) or None
        foreign = sorted(set(asked) - self.companies)
        if foreign:
            raise ForbiddenCompany(companies=", ".join(foreign))
        if not self.companies:
            raise ForbiddenCompany(companies="*")
        return tuple(sorted(set(asked) or self.companies))

    def require_export(self) -> None:
        """Raise ForbiddenExport unless this reader may take data out."""
        if not self.may_export:
            raise ForbiddenExport()


ALL = Rights(companies=None, may_export=True, may_decide=True)
"""The owner of the home folder: every company, every column, export, decisions."""
