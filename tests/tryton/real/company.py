"""Set up a company in an empty Tryton 8.2 database: currencies, chart, years, taxes, items, parties."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from proteus import Model
from trytond.modules.account.tests.tools import (
    create_chart,
    create_fiscalyear,
    create_tax,
    create_tax_code,
)
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company

FIRST, LAST = date(2025, 1, 1), date(2026, 2, 28)
FOREIGN = {"USD": ("US Dollar", "$", "0.139"), "EUR": ("Euro", "€", "0.128")}
ITEMS, PARTIES = 12, 8


@dataclass(frozen=True)
class Company:
    """Ids of what business needs."""

    company: int
    user: int
    warehouse: int
    payment_method: int
    journal: int
    currencies: dict[str, int]
    items: list[int]
    costs: list[str]
    suppliers: list[int]
    customers: list[int]
    accounts: dict[str, int]

    def as_json(self) -> dict[str, object]:
        """Return what can be written to a file."""
        return asdict(self)


def set_up(random: Random, user: int) -> Company:
    """Create everything through Tryton's own client library, which must be connected."""
    currencies = _currencies(random)
    party = Model.get("party.party")(name="西南样板机械有限公司")
    party.save()
    create_company(party=party, currency=currencies["CNY"])
    create_chart()
    company = get_company()
    accounts = {
        code: Model.get("account.account").find([("code", "=", code)])[0]
        for code in (
            "1.1.1",
            "1.2.1",
            "1.3.1",
            "2.1.1",
            "3.1.1",
            "4.1.1",
            "5.1.1",
            "5.1.4",
            "5.1.5",
            "5.2.2",
            "6.2.1",
        )
    }
    _years(accounts)
    category = _category(accounts, _tax())
    items, costs = _items(random, category)
    parties = [
        _party(f"{kind} {number:02d}") for kind in ("供货方", "购货方") for number in range(1, PARTIES + 1)
    ]
    journals = {journal.code: journal for journal in Model.get("account.journal").find([])}
    cash = accounts["1.1.1"]
    method = Model.get("account.invoice.payment.method")(
        name="Transfer", journal=journals["CASH"], credit_account=cash, debit_account=cash
    )
    method.save()
    warehouse = Model.get("stock.location").find([("type", "=", "warehouse")])[0]
    return Company(
        company=company.id,
        user=user,
        warehouse=warehouse.id,
        payment_method=method.id,
        journal=journals["MISC"].id,
        currencies={code: currency.id for code, currency in currencies.items()},
        items=items,
        costs=costs,
        suppliers=parties[:PARTIES],
        customers=parties[PARTIES:],
        accounts={code: account.id for code, account in accounts.items()},
    )


def _currencies(random: Random) -> dict[str, Any]:
    found = {code: Model.get("currency.currency").find([("code", "=", code)]) for code in ("CNY", *FOREIGN)}
    currencies = {}
    for code, existing in found.items():
        name, symbol, rate = FOREIGN.get(code, ("Yuan Renminbi", "¥", "1"))
        currency = (
            existing[0] if existing else Model.get("currency.currency")(name=name, code=code, symbol=symbol)
        )
        currency.rounding, currency.digits = Decimal("0.01"), 2
        currency.save()
        for month in range(1, 15) if code in FOREIGN else (1,):
            new = currency.rates.new()
            new.date = date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
            drift = Decimal(random.randint(-30, 30)) / 1000
            new.rate = (Decimal(rate) * (1 + drift)).quantize(Decimal("0.000001"))
        currency.save()
        currencies[code] = currency
    return currencies


def _years(accounts: dict[str, Any]) -> None:
    for year in (2025, 2026):
        span = (date(year, 1, 1), date(year, 12, 31))
        fiscal = set_fiscalyear_invoice_sequences(create_fiscalyear(today=span))
        fiscal.name, fiscal.account_stock_method = str(year), "continental"
        fiscal.save()
        fiscal.click("create_period")
    configuration = Model.get("account.configuration")(1)
    configuration.currency_exchange_journal = Model.get("account.journal").find([("code", "=", "EXC")])[0]
    configuration.currency_exchange_debit_account = accounts["6.2.1"]
    configuration.currency_exchange_credit_account = accounts["6.2.1"]
    configuration.save()


def _tax() -> Any:
    tax = create_tax(Decimal(".09"))
    tax.name = tax.description = "VAT 9%"
    tax.save()
    for kind in ("invoice", "credit"):
        for amount in ("tax", "base"):
            code = create_tax_code(tax, amount, kind)
            code.name = f"VAT 9% {amount} {kind}"
            code.save()
    return tax


def _category(accounts: dict[str, Any], tax: Any) -> Any:
    category = Model.get("product.category")(name="Goods 9%")
    category.accounting = True
    category.account_expense, category.account_revenue = accounts["5.1.1"], accounts["4.1.1"]
    category.account_stock = accounts["1.3.1"]
    category.account_stock_in = category.account_stock_out = accounts["5.1.5"]
    category.customer_taxes.append(tax)
    category.supplier_taxes.append(Model.get("account.tax")(tax.id))
    category.save()
    return category


def _items(random: Random, category: Any) -> tuple[list[int], list[str]]:
    units = [Model.get("product.uom").find([("name", "=", name)])[0] for name in ("Unit", "Kilogram")]
    items, costs = [], []
    for number in range(1, ITEMS + 1):
        cost = Decimal(random.randint(500, 90000)) / 100
        template = Model.get("product.template")()
        template.name, template.code = f"零件 {number:03d}", f"L{number:03d}"
        template.default_uom, template.type = units[number % 5 == 0], "goods"
        template.purchasable = template.salable = True
        template.list_price = (cost * 2).quantize(Decimal("0.0001"))
        template.cost_price_method = "average" if number % 2 else "fixed"
        template.account_category = category
        (product,) = template.products
        product.cost_price = cost.quantize(Decimal("0.0001"))
        template.save()
        items.append(template.products[0].id)
        costs.append(str(cost))
    return items, costs


def _party(name: str) -> int:
    term = Model.get("account.invoice.payment_term").find([("name", "like", "Net 30%")])
    party = Model.get("party.party")(name=name)
    if term:
        party.supplier_payment_term = party.customer_payment_term = term[0]
    party.save()
    return int(party.id)
