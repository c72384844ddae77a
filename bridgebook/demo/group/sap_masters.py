"""Master data and settings of the SAP system: company codes, chart, partners, materials, rates, tax codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from bridgebook.demo.group import timeline
from bridgebook.demo.group.charts import ACCOUNTS
from bridgebook.demo.group.companies import COMPANIES
from bridgebook.demo.group.masters import DEPARTMENTS, PROJECTS, TERMS, customer_number, supplier_number
from bridgebook.demo.group.sap_values import SAP, materials
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import bank_account
from bridgebook.demo.group.world import World
from bridgebook.demo.group.writers import Store

CHART = "CAHY"
_OPENED = timeline.day(date(2023, 1, 1))
_FOREVER = timeline.day(date(2070, 1, 1))


def write_masters(world: World, store: Store) -> None:
    """Fill every master and customizing table."""
    _organisation(world, store)
    _chart(store)
    _partners(world, store)
    _materials(world, store)
    _rates(world, store)
    _taxes(store)
    _cost_centres(store)


def _organisation(world: World, store: Store) -> None:
    own = [company for company in COMPANIES if company.in_sap]
    codes = [company.sap_code for company in own]
    plants = [company.plant for company in own]
    last = world.last_month
    write = store.write
    write(SAP, "T001",
          {"BUKRS": codes, "BUTXT": [c.name for c in own], "ORT01": "临溪", "LAND1": "CN", "WAERS": "CNY",
                        "SPRAS": "1", "KTOPL": CHART, "PERIV": "K4", "STCEG": [c.tax_id for c in own],
                        "RCOMP": codes, "KOKRS": "HY00", "OPVAR": codes})  # fmt: skip
    write(SAP, "T001W",
          {"WERKS": plants, "NAME1": [f"{c.short_name}工厂" for c in own], "BWKEY": plants, "LAND1": "CN",
                         "VKORG": codes, "EKORG": codes})  # fmt: skip
    write(SAP, "T001K", {"BWKEY": plants, "BUKRS": codes})
    write(SAP, "T001L",
          {"WERKS": [p for p in plants for _ in range(2)], "LGORT": ["0001", "0002"] * len(plants),
                         "LGOBE": ["主仓库", "成品仓"] * len(plants)})  # fmt: skip
    write(SAP, "TVKO", {"VKORG": codes, "BUKRS": codes, "WAERS": "CNY"})
    write(SAP, "T024", {"EKGRP": ["001", "002"], "EKNAM": ["采购一组", "采购二组"]})
    year, period = str(timeline.year_of(last)), timeline.period_of(last)
    kinds = ["+", "S", "D", "K", "M"]
    write(SAP, "T001B",
          {"RRCTY": "0", "BUKRS": [c for c in codes for _ in kinds], "MKOAR": kinds * len(codes),
                         "VKONT": "ZZZZZZZZZZ", "FRYE1": year, "FRPE1": f"{period:03d}", "TOYE1": year,
                         "TOPE1": f"{period:03d}"})  # fmt: skip
    before = last - 1
    write(SAP, "MARV",
          {"BUKRS": codes, "LFGJA": year, "LFMON": f"{period:02d}", "VMGJA": str(timeline.year_of(before)),
                        "VMMON": f"{timeline.period_of(before):02d}"})  # fmt: skip
    write(SAP, "T012", {"BUKRS": codes, "HBKID": "LX001", "BANKS": "CN", "BANKL": "102999000001"})
    currencies = ["CNY", "USD", "JPY"]
    write(SAP, "T012K", {"BUKRS": [c for c in codes for _ in currencies], "HBKID": "LX001",
                         "HKTID": currencies * len(codes),
                         "BANKN": [bank_account(90000 + n) for n in range(len(codes) * 3)],
                         "WAERS": currencies * len(codes),
                         "HKONT": ["1002010000", "1002020000", "1002030000"] * len(codes)})  # fmt: skip
    write(
        SAP, "T052", {"ZTERM": [c for c, _ in TERMS], "ZTAGG": "00", "ZTAG1": np.array([d for _, d in TERMS])}
    )
    write(SAP, "T006A", {"SPRAS": "1", "MSEHI": ["ST", "KAR"], "MSEHL": ["件", "箱"], "MSEHT": ["件", "箱"]})


MONEY = ("cash", "bank", "bank_usd", "bank_jpy")
"""Roles of the accounts that hold money."""


def _chart(store: Store) -> None:
    used = sorted({(account.sap, account.name, account.kind, account.role, account.currency)
                   for account in ACCOUNTS if account.sap})  # fmt: skip
    numbers = [row[0] for row in used]
    balance = ["X" if row[2] != "损益" else "" for row in used]
    store.write(SAP, "SKA1", {"KTOPL": CHART, "SAKNR": numbers, "XBILK": balance,
                              "GVTYP": ["" if flag else "X" for flag in balance],
                              "KTOKS": [number[0] + "000" for number in numbers],
                              "ERDAT": np.full(len(used), _OPENED)})  # fmt: skip
    store.write(SAP, "SKAT",
                {"SPRAS": "1", "KTOPL": CHART, "SAKNR": numbers, "TXT20": [row[1][:20] for row in used],
                              "TXT50": [row[1] for row in used]})  # fmt: skip
    kinds = {"receivable": "D", "payable": "K", "advance": "D", "prepayment": "K"}
    for company in COMPANIES:
        if company.in_sap:
            store.write(SAP, "SKB1", {"BUKRS": company.sap_code, "SAKNR": numbers,
                                      "WAERS": [row[4] or "CNY" for row in used],
                                      "MITKZ": [kinds.get(row[3], "") for row in used],
                                      "XOPVW": ["X" if row[3] == "estimate" else "" for row in used],
                                      "XGKON": ["X" if row[3] in MONEY else "" for row in used],
                                      "ERDAT": np.full(len(used), _OPENED)})  # fmt: skip


def _partners(world: World, store: Store) -> None:
    groups = ("0010", "0001", "0007")
    for table, key, own in (
        ("LFA1", "LIFNR", world.masters.suppliers),
        ("KNA1", "KUNNR", world.masters.customers),
    ):
        count = len(own)
        number = supplier_number(np.arange(count)) if key == "LIFNR" else customer_number(np.arange(count))
        inside = np.arange(count) < len(COMPANIES)
        land = [{"CN": "CN"}.get(c, c) for c in own.country]
        kind = [
            groups[0] if i else groups[1] if c == "CN" else groups[2]
            for i, c in zip(inside, land, strict=True)
        ]
        group = "KTOKK" if key == "LIFNR" else "KTOKD"
        internal = [COMPANIES[n].sap_code or "3000" if n < len(COMPANIES) else "" for n in range(count)]
        store.write(SAP, table,
                    {key: number, "LAND1": land, "NAME1": [n[:35] for n in own.name], "SPRAS": "1",
                                 "STCD5": own.tax_id, group: kind, "VBUND": internal,
                                 "ERDAT": np.full(count, _OPENED), "ERNAM": "HYADMIN",
                                 "ORT01": "临溪"})  # fmt: skip
        term = [TERMS[t][0] for t in own.term.tolist()]
        account = "2202010000" if key == "LIFNR" else "1122000000"
        for company in COMPANIES:
            if company.in_sap:
                store.write(SAP, "LFB1" if key == "LIFNR" else "KNB1",
                            {key: number, "BUKRS": company.sap_code, "AKONT": account, "ZTERM": term,
                             "ERDAT": np.full(count, _OPENED)})  # fmt: skip
    _bank_details(world, store)


def _bank_details(world: World, store: Store) -> None:
    """Give every supplier a bank account.

    Supplier 7 has two, and its tax id stands on a second vendor number too.
    """
    own = world.masters.suppliers
    count = len(own)
    accounts = [bank_account(n) for n in range(count)]
    number = supplier_number(np.append(np.arange(count), 7))
    store.write(SAP, "LFBK",
                {"LIFNR": number, "BANKS": "CN", "BANKL": ["102999000001"] * count + ["305999000077"],
                              "BANKN": [*accounts, bank_account(99007)],
                              "KOINH": [*own.name, own.name[7]]})  # fmt: skip
    store.write(SAP, "BNKA", {"BANKS": "CN", "BANKL": ["102999000001", "305999000077"],
                              "BANKA": ["临溪商业银行", "安岚农商银行"]})  # fmt: skip
    store.write(SAP, "CDHDR", {"OBJECTCLAS": "KRED", "OBJECTID": padded(supplier_number(np.array([7])), 10),
                               "CHANGENR": "0000000001", "USERNAME": "HYU0003",
                               "UDATE": np.array([world.as_of - 200]), "UTIME": "213000",
                               "TCODE": "FK02"})  # fmt: skip
    store.write(SAP, "CDPOS", {"OBJECTCLAS": "KRED", "OBJECTID": padded(supplier_number(np.array([7])), 10),
                               "CHANGENR": "0000000001", "TABNAME": "LFBK", "FNAME": "BANKN", "CHNGIND": "I",
                               "VALUE_NEW": bank_account(99007)})  # fmt: skip
    customers = customer_number(np.arange(len(world.masters.customers)))
    store.write(
        SAP,
        "KNKK",
        {"KUNNR": customers, "KKBER": "1000", "KLIMK": (np.arange(len(customers)) % 9 + 1) * 20000000},
    )


def _materials(world: World, store: Store) -> None:
    items = world.masters.items
    number = np.arange(len(items))
    kind = [{"material": "ROH", "product": "FERT", "goods": "HAWA"}[f] for f in items.family]
    group = [{"material": "R01", "product": "F01", "goods": "H01"}[f] for f in items.family]
    count = len(number)
    store.write(SAP, "MARA",
                {"MATNR": materials(number), "ERSDA": np.full(count, _OPENED), "MTART": kind, "MATKL": group,
                              "MEINS": "ST", "BSTME": ["KAR" if p > 1 else "" for p in items.pack.tolist()],
                              "GROES": [f"HY-{n:04d}" for n in number]})  # fmt: skip
    for language, texts in (("1", items.name), ("E", [f"Item {n:04d}" for n in number])):
        store.write(
            SAP, "MAKT", {"MATNR": materials(number), "SPRAS": language, "MAKTX": texts, "MAKTG": texts}
        )
    store.write(SAP, "MARM", {"MATNR": materials(number), "MEINH": "ST", "UMREZ": 1, "UMREN": 1})
    boxed = np.flatnonzero(items.pack > 1)
    store.write(
        SAP, "MARM", {"MATNR": materials(boxed), "MEINH": "KAR", "UMREZ": items.pack[boxed], "UMREN": 1}
    )
    store.write(
        SAP, "T023T", {"SPRAS": "1", "MATKL": ["R01", "F01", "H01"], "WGBEZ": ["原材料", "产成品", "商品"]}
    )


def _rates(world: World, store: Store) -> None:
    store.write(SAP, "TCURC", {"WAERS": ["CNY", "USD", "JPY"], "ISOCD": ["CNY", "USD", "JPY"]})
    store.write(SAP, "TCURX", {"CURRKEY": ["JPY"], "CURRDEC": 0})
    first, last = timeline.month_start(world.months.start), world.as_of
    days = np.arange(first, last + 1)
    for code, name in ((1, "USD"), (2, "JPY")):
        rate = world.masters.rate(np.full(len(days), code), days)
        texts = np.datetime_as_string(days.astype("datetime64[D]"))
        inverted = pa.array([str(99999999 - int(text.replace("-", ""))) for text in texts.tolist()])
        store.write(SAP, "TCURR",
                    {"KURST": "M", "FCURR": name, "TCURR": "CNY", "GDATU": inverted, "UKURS": rate,
                                   "FFACT": 1, "TFACT": 1})  # fmt: skip
        store.write(
            SAP,
            "TCURF",
            {"KURST": "M", "FCURR": [name], "TCURR": "CNY", "GDATU": "79898769", "FFACT": 1, "TFACT": 1},
        )


def _taxes(store: Store) -> None:
    rates: list[tuple[str, str, int]] = []
    for letter, side in (("J", "进项税"), ("X", "销项税")):
        rates += [
            (f"{letter}{mark}", f"{side} {rate}%", rate)
            for mark, rate in (("0", 0), ("1", 13), ("2", 9), ("6", 6))
        ]
    codes = [row[0] for row in rates]
    condition = padded(np.arange(1, len(rates) + 1), 10)
    store.write(
        SAP,
        "T007A",
        {"KALSM": "TAXCN", "MWSKZ": codes, "MWART": ["V" if c[0] == "J" else "A" for c in codes]},
    )
    store.write(
        SAP, "T007S", {"SPRAS": "1", "KALSM": "TAXCN", "MWSKZ": codes, "TEXT1": [row[1] for row in rates]}
    )
    kinds = ["MWVS" if c[0] == "J" else "MWAS" for c in codes]
    store.write(
        SAP, "A003", {"KAPPL": "TX", "KSCHL": kinds, "ALAND": "CN", "MWSKZ": codes, "KNUMH": condition}
    )
    store.write(SAP, "KONP", {"KNUMH": condition, "KOPOS": "01", "KAPPL": "TX", "KSCHL": kinds,
                              "KBETR": np.array([row[2] * 10.0 for row in rates])})  # fmt: skip


def _cost_centres(store: Store) -> None:
    for company in COMPANIES:
        if not company.in_sap:
            continue
        centres = padded(np.arange(len(DEPARTMENTS)) + int(company.sap_code) * 100 + 1, 10)
        count = len(DEPARTMENTS)
        store.write(SAP, "CSKS", {"KOKRS": "HY00", "KOSTL": centres, "DATBI": np.full(count, _FOREVER),
                                  "DATAB": np.full(count, _OPENED), "BUKRS": company.sap_code,
                                  "WAERS": "CNY"})  # fmt: skip
        names: list[Any] = [name for _, name in DEPARTMENTS]
        store.write(SAP, "CSKT",
                    {"SPRAS": "1", "KOKRS": "HY00", "KOSTL": centres, "DATBI": np.full(count, _FOREVER),
                                  "KTEXT": names, "LTEXT": names})  # fmt: skip
    number = np.arange(1, len(PROJECTS) + 1)
    store.write(SAP, "PRPS",
                {"PSPNR": number, "POSID": [code for code, _ in PROJECTS], "POST1": [n for _, n in PROJECTS],
                              "PBUKR": "1000", "PSPHI": number})  # fmt: skip
    store.write(SAP, "PROJ",
                {"PSPNR": number, "PSPID": [code for code, _ in PROJECTS], "POST1": [n for _, n in PROJECTS],
                              "VBUKR": "1000"})  # fmt: skip
