"""The three legal entities: where each runs its business, where it keeps its books, and how it estimates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    """Hold what is particular to one company; `index` is its place in every table of this package."""

    index: int
    master_code: str
    name: str
    short_name: str
    tax_id: str
    sap_code: str  # empty: this company has no SAP
    plant: str
    account_set: str
    vouchers: int  # vouchers a month at scale 1, about
    orders: int  # purchase orders, and as many sales orders, a month at scale 1
    estimate: str  # month_start_reversal, on_invoice_reversal or on_invoice_difference
    goods_role: str  # the account that bought stock is debited on
    one_database_a_year: bool

    @property
    def in_sap(self) -> bool:
        """Tell whether the business of this company runs in SAP."""
        return bool(self.sap_code)

    @property
    def system(self) -> str:
        """Give the system the business of this company runs in."""
        return "sap" if self.in_sap else "u8"

    def database(self, year: int) -> str:
        """Name the database that holds a year of this company's account set."""
        return f"u8_{self.account_set}_{year}" if self.one_database_a_year else f"u8_{self.account_set}"


COMPANIES = (
    Company(
        index=0,
        master_code="HY01",
        name="恒远精密制造有限公司",
        short_name="恒远制造",
        tax_id="91990000HY10000013",
        sap_code="1000",
        plant="1100",
        account_set="001",
        vouchers=3600,
        orders=330,
        estimate="month_start_reversal",
        goods_role="material",
        one_database_a_year=True,
    ),
    Company(
        index=1,
        master_code="HY02",
        name="恒远国际贸易有限公司",
        short_name="恒远国贸",
        tax_id="91990000HY20000026",
        sap_code="2000",
        plant="2100",
        account_set="002",
        vouchers=2600,
        orders=300,
        estimate="on_invoice_reversal",
        goods_role="goods",
        one_database_a_year=True,
    ),
    Company(
        index=2,
        master_code="HY03",
        name="恒远生活零售有限公司",
        short_name="恒远零售",
        tax_id="91990000HY30000039",
        sap_code="",
        plant="",
        account_set="003",
        vouchers=5800,
        orders=760,
        estimate="on_invoice_difference",
        goods_role="goods",
        one_database_a_year=False,
    ),
)


def money_range(company: Company, kind: str) -> str:
    """Name the number range of money documents.

    SAP has one a company and direction, U8 one for both directions.
    """
    return f"{kind}{company.index}" if company.in_sap else "money"


GROUP_NAME = "恒远集团"
