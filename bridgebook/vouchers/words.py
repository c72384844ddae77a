"""The words that voucher rules may use: events, amounts with their identities, closed lists of values."""

from collections.abc import Mapping

ESTIMATE_POLICIES = (
    "month_start_reversal",
    "on_invoice_reversal",
    "on_invoice_difference",
    "gr_ir_realtime",
    "stock_change",
    "none",
)
COST_POLICIES = ("shipment", "invoice", "period_end")
DIFFERENCE_POLICIES = ("settlement", "none")

POLICIES: Mapping[str, tuple[str, ...]] = {
    "estimate": ESTIMATE_POLICIES,
    "cost": COST_POLICIES,
    "conversion": ("line", "document"),
    "realised_difference": DIFFERENCE_POLICIES,
    "variance": ("stock", "coverage"),
    "period_end": ("monthly", "none"),
    "voucher_words": ("general", "three"),
    "cashier_signature": ("required", "none"),
    "voucher_language": ("zh", "en"),
    "correction_same_year": ("red_and_blue", "difference"),
    "correction_earlier_year": ("difference", "red_and_blue"),
}
"""Accounting policies and their values; core.voucher_events and books/policies.py know what each does."""

_INVOICE = ("net", "tax", "gross", "rounding")
_INPUT = (*_INVOICE, "deductible_tax", "pending_tax", "value", "stock_value", "estimate", "variance")
_MONEY = ("paid", "settled", "discount", "exchange_difference", "charge")
_OFFSET = ("paid", "settled", "exchange_difference")

EVENTS: Mapping[str, tuple[str, ...]] = {
    "goods_receipt": ("net", "cost", "estimate"),
    "estimate": ("estimate",),
    "estimate_reversal": ("estimate",),
    "purchase_invoice": _INPUT,
    "input_usage": ("deductible_tax",),
    "input_transfer_out": ("tax",),
    "shipment": ("cost",),
    "cost_of_sales": ("cost",),
    "sales_invoice": _INVOICE,
    "stock_adjustment": ("cost",),
    "payment": _MONEY,
    "cash_receipt": _MONEY,
    "prepayment": ("paid",),
    "advance_receipt": ("paid",),
    "prepayment_offset": _OFFSET,
    "advance_offset": _OFFSET,
    "write_off": ("settled", "paid"),
    "offset": ("settled", "paid"),
    "transfer": ("settled", "paid"),
    "note_paid": ("paid",),
    "note_collected": ("paid",),
    "note_endorsed": ("paid",),
    "note_discounted": ("paid", "settled", "discount"),
    "note_dishonoured": ("paid",),
    "expense_claim": _INVOICE,
    "other_payable": _INVOICE,
    "other_receivable": _INVOICE,
    "exchange_revaluation": ("balance",),
    "vat_transfer": ("balance",),
    "profit_transfer": ("balance",),
}
"""Every event with the amounts that it carries."""

IDENTITIES: Mapping[str, Mapping[str, int]] = {
    "tax": {"deductible_tax": 1, "pending_tax": 1, "undeducted_tax": 1},
    "gross": {"net": 1, "deductible_tax": 1, "pending_tax": 1, "undeducted_tax": 1, "rounding": 1},
    "value": {"net": 1, "undeducted_tax": 1},
    "stock_value": {"net": 1, "undeducted_tax": 1, "estimate": -1, "variance": -1},
    "exchange_difference": {"settled": 1, "paid": -1, "discount": -1},
}
"""Amounts that are sums of others; what an event does not carry is zero in them."""

OWN_IDENTITIES: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "note_discounted": {"discount": {"settled": 1, "paid": -1}},
}
"""Identities that hold for one event alone."""

ALWAYS_ZERO: Mapping[str, tuple[str, ...]] = {
    "prepayment_offset": ("discount",),
    "advance_offset": ("discount",),
}
"""Parts of an identity that an event never has."""

YES_NO = ("true", "false")
VALUES: Mapping[str, tuple[str, ...]] = {
    "is_internal": YES_NO,
    "is_return": YES_NO,
    "is_free": YES_NO,
    "is_foreign": YES_NO,
    "is_prior_year": YES_NO,
    "input_usage": ("deduct", "none", "refund", "pending"),
    "red_reason": ("return", "allowance", "price", "error", "none"),
    "method": ("cash", "transfer", "note", "none"),
    "line_kind": ("stock", "expense", "asset", "service", "freight"),
}
"""Closed lists of conditions, the same for every event."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "goods_receipt": ("purchase", "return", "subcontract"),
    "estimate": ("purchase", "return", "subcontract"),
    "estimate_reversal": ("purchase", "return", "subcontract"),
    "purchase_invoice": ("purchase", "return", "subcontract", "consignment", "none"),
    "shipment": ("sale", "return", "consignment", "sample"),
    "cost_of_sales": ("sale", "return", "consignment", "sample"),
    "stock_adjustment": (
        "transfer",
        "adjustment",
        "production_issue",
        "production_receipt",
        "subcontract_issue",
        "consignment_consumption",
        "scrap",
        "revaluation",
        "count",
    ),
    "payment": ("normal", "refund"),
    "cash_receipt": ("normal", "refund"),
}
"""Values of document_kind, by event."""

EVENT_POLICIES: Mapping[str, tuple[str, ...]] = {
    "goods_receipt": ("gr_ir_realtime", "stock_change"),
    "estimate": ESTIMATE_POLICIES[:3],
    "estimate_reversal": ESTIMATE_POLICIES[:2],
    "purchase_invoice": ESTIMATE_POLICIES,
    "shipment": COST_POLICIES,
    "cost_of_sales": COST_POLICIES,
    "sales_invoice": COST_POLICIES,
    "stock_adjustment": COST_POLICIES,
    "payment": DIFFERENCE_POLICIES,
    "cash_receipt": DIFFERENCE_POLICIES,
}
"""Values of policy, by event."""

MERGES = ("none", "document", "partner_day", "day", "month", "no_voucher")
SIDES = ("debit", "credit")
NEGATIVES = ("red", "flip")
ONLY_WHEN = ("positive", "negative")
DIMENSIONS = ("partner", "item", "org_unit", "employee", "project", "bank_account", "tax")
PLACES = ("document_no", "partner_name", "item_name", "invoice_no", "period", "description")
"""What a summary template may have in braces."""

FREE_CONDITIONS = (
    "chart_code",
    "company_code",
    "category_code",
    "partner_group_code",
    "tax_code",
    "currency_code",
    "named_item",
    "named_text",
)
CONDITIONS = (*FREE_CONDITIONS, "policy", "document_kind", *VALUES)
KEYS = (
    "event",
    "chart_code",
    "company_code",
    "document_kind",
    "line_kind",
    "category_code",
    "partner_group_code",
    "is_internal",
    "tax_code",
    "currency_code",
    "bank_account_code",
    "method",
)
"""By what an account is determined."""


def values_of(event: str, column: str) -> tuple[str, ...]:
    """Return the closed list of a condition for an event; empty where any word may stand."""
    if column == "policy":
        return EVENT_POLICIES.get(event, ())
    return KINDS.get(event, ()) if column == "document_kind" else VALUES.get(column, ())


def never_happens(event: str, values: Mapping[str, str]) -> bool:
    """Tell whether the engine makes no event of these values."""
    kind, policy = values.get("document_kind"), values.get("policy")
    if event == "shipment":
        return policy == "period_end" and kind in ("sale", "return")
    if event == "cost_of_sales":
        return kind == "sample" or (policy == "shipment" and kind in ("sale", "return"))
    return False
