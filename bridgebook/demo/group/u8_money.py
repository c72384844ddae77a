"""Money and open items as U8 holds them.

Receipts and payments, their sub-ledger rows and settlements (核销).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import names, timeline
from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.entries import COLLECTION, PAYMENT, PURCHASE_INVOICE, SALES_INVOICE
from bridgebook.demo.group.purchase_orders import NOT_DEDUCTED, Purchases
from bridgebook.demo.group.references import u8_code
from bridgebook.demo.group.sale_orders import Sales
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import bank_account, chosen, customer_codes, supplier_codes
from bridgebook.demo.group.world import Frame, World, pick, size
from bridgebook.demo.group.writers import Store


@dataclass(frozen=True)
class Side:
    """Hold what differs between the two sub-ledgers."""

    flag: str
    money_type: str
    money: int
    invoice: int
    table: str
    codes: Any
    account: str


PAYABLE = Side("AP", "49", PAYMENT, PURCHASE_INVOICE, "Ap_Detail", supplier_codes, "220201")
RECEIVABLE = Side("AR", "48", COLLECTION, SALES_INVOICE, "Ar_Detail", customer_codes, "112201")


def write_purchase_money(world: World, store: Store, database: str, facts: Purchases, used: Frame) -> None:
    """Write payments to suppliers and the payables sub-ledger of one cohort."""
    heads = facts.invoices
    kinds = chosen(["01", "02"], (heads["usage"] == NOT_DEDUCTED).astype(np.int64))
    _write(world, store, database, PAYABLE, heads, heads["supplier"], kinds, facts.payments)
    who = facts.orders["supplier"][facts.prepayments["order"]]
    _advances(world, store, database, PAYABLE, facts.prepayments, who)
    index = used["invoice"]
    _settle(world, store, database, PAYABLE, heads, heads["supplier"], kinds, index,
            facts.prepayments["no"][used["prepayment"]], heads["day"][index], used["amount"],
            used["base"])  # fmt: skip


def write_sale_money(world: World, store: Store, database: str, facts: Sales, used: Frame) -> None:
    """Write receipts from customers and the receivables sub-ledger of one cohort."""
    heads = facts.invoices
    kinds = chosen(["27", "26"], heads["special"].astype(np.int64))
    _write(world, store, database, RECEIVABLE, heads, heads["customer"], kinds, facts.payments)
    who = facts.orders["customer"][facts.advances["order"]]
    _advances(world, store, database, RECEIVABLE, facts.advances, who)
    index = used["invoice"]
    _settle(world, store, database, RECEIVABLE, heads, heads["customer"], kinds, index,
            facts.advances["no"][used["advance"]], heads["day"][index], used["amount"],
            used["base"])  # fmt: skip


def _write(
    world: World,
    store: Store,
    database: str,
    side: Side,
    heads: Frame,
    who: Ints,
    kinds: pa.Array,
    pays: Frame,
) -> None:
    _invoice_rows(world, store, database, side, heads, who, kinds)
    index = pays["invoice"]
    partner = who[index]
    _bills(world, store, database, side, pays, partner, pays["note"], advance=False)
    _notes(world, store, database, side, pick(pays, pays["note"]), partner[pays["note"]])
    _settle(world, store, database, side, heads, who, kinds, index, pays["no"], pays["day"], pays["cleared"],
            pays["cleared_base"])  # fmt: skip


def _advances(world: World, store: Store, database: str, side: Side, ahead: Frame, who: Ints) -> None:
    _bills(world, store, database, side, ahead, who, np.zeros(size(ahead), dtype=bool), advance=True)


def _note_numbers(side: Side, numbers: Ints) -> pa.Array:
    return pc.binary_join_element_wise("PJ", side.money_type, padded(numbers, 10), "")


def _notes(world: World, store: Store, database: str, side: Side, pays: Frame, partner: Ints) -> None:
    """Write the register of notes: each is settled on the day it falls due."""
    if size(pays) == 0:
        return
    store.write(
        database,
        "Ap_Note",
        {"Auto_ID": world.numbers.take(f"note_{database}", size(pays)),
         "cNoteID": _note_numbers(side, pays["no"]), "cNoteType": "银行承兑汇票", "cFlag": side.flag,
         "dSignDate": pays["day"], "dEndDate": pays["matures"], "cDwCode": side.codes(partner),
         "iMoney": pays["paid"], "iMoney_f": pays["paid"], "cexch_name": "人民币",
         "cState": chosen(["未结算", "已结算"], world.is_past(pays["matures"]).astype(np.int64)),
         "cOperator": names.person(27)},
    )  # fmt: skip


def _bills(
    world: World,
    store: Store,
    database: str,
    side: Side,
    pays: Frame,
    partner: Ints,
    note: Any,
    *,
    advance: bool,
) -> None:
    count = size(pays)
    if count == 0:
        return
    code = u8_code(side.money, pays["no"])
    clerk = names.person(27)
    store.write(
        database,
        "Ap_CloseBill",
        {"iID": pays["no"], "cVouchType": side.money_type, "cVouchID": code, "dVouchDate": pays["day"],
         "iPeriod": timeline.month_of(pays["day"]) % 12 + 1, "cDwCode": side.codes(partner),
         "cDeptCode": "06",
         "cSSCode": chosen(["2", "3"], note.astype(np.int64)),
         "cNoteNo": pc.if_else(pa.array(note), _note_numbers(side, pays["no"]), pa.scalar(None, pa.string())),
         "cDigest": "预付货款" if advance else None,
         "cNatBankAccount": bank_account(90020), "cBankAccount": "01", "cexch_name": "人民币",
         "iExchRate": 1.0,
         "iAmount": pays["paid"], "iAmount_f": pays["paid"], "iRAmount": 0, "iRAmount_f": 0,
         "cOperator": clerk,
         "cCheckMan": names.person(22), "dVerifyDate": pays["day"], "bStartFlag": 0, "cFlag": side.flag,
         "bPrePay": int(advance), "dcreatesystime": pays["day"], "dmodifysystime": pays["day"]},
    )  # fmt: skip
    store.write(
        database,
        "Ap_CloseBills",
        {"ID": pays["no"], "iID": pays["no"], "iType": int(advance), "bPrePay": int(advance),
         "cCusVen": side.codes(partner), "iAmt_f": pays["paid"], "iAmt": pays["paid"], "iRAmt_f": 0,
         "iRAmt": 0,
         "cKm": side.account},
    )  # fmt: skip
    _detail(world, store, database, side, count, code, side.money_type, code, side.money_type,
            side.money_type,
            partner, pays["day"], np.zeros(count, np.int64), pays["paid"])  # fmt: skip


def _invoice_rows(
    world: World, store: Store, database: str, side: Side, heads: Frame, who: Ints, kinds: pa.Array
) -> None:
    count = size(heads)
    if count == 0:
        return
    code = u8_code(side.invoice, heads["no"])
    _detail(world, store, database, side, count, code, kinds, code, kinds, kinds, who, heads["day"],
            heads["gross"],
            np.zeros(count, np.int64))  # fmt: skip


def _settle(
    world: World,
    store: Store,
    database: str,
    side: Side,
    heads: Frame,
    who: Ints,
    kinds: pa.Array,
    index: Ints,
    money_no: Ints,
    days: Ints,
    amount: Ints,
    base: Ints,
) -> None:
    """Let money lower the open amount of invoices."""
    count = len(index)
    if count == 0:
        return
    _detail(world, store, database, side, count, u8_code(side.money, money_no), side.money_type,
            u8_code(side.invoice, heads["no"][index]), kinds.take(pa.array(index)), "9P", who[index], days,
            np.zeros(count, np.int64), amount)  # fmt: skip


def _detail(
    world: World,
    store: Store,
    database: str,
    side: Side,
    count: int,
    code: Any,
    kind: Any,
    other_code: Any,
    other_kind: Any,
    style: Any,
    partner: Ints,
    days: Ints,
    raises: Ints,
    lowers: Ints,
) -> None:
    payable = side.flag == "AP"
    debit, credit = (lowers, raises) if payable else (raises, lowers)
    ids = world.numbers.take(f"detail_{side.flag}", count)
    store.write(
        database,
        side.table,
        {"Auto_ID": ids, "iPeriod": timeline.month_of(days) % 12 + 1, "cVouchType": kind, "cVouchID": code,
         "dVouchDate": days, "dRegDate": days, "cDwCode": side.codes(partner), "cCode": side.account,
         "cProcStyle": style, "cexch_name": "人民币", "iExchRate": 1.0, "iDAmount": debit, "iCAmount": credit,
         "iDAmount_f": debit, "iCAmount_f": credit, "cOperator": names.person(27),
         "cCheckMan": names.person(22),
         "cCoVouchType": other_kind, "cCoVouchID": other_code, "cFlag": side.flag, "iFlag": 0, "bPrePay": 0},
    )  # fmt: skip
