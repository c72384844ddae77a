"""Master data of U8's account sets.

Chart, partners under their own codes and spelling, items, people, rates.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from bridgebook.demo.group import names, timeline
from bridgebook.demo.group.charts import chart
from bridgebook.demo.group.companies import COMPANIES, Company
from bridgebook.demo.group.masters import DEPARTMENTS, PEOPLE, PROJECTS, TERMS, Partners
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_lists import write_lists
from bridgebook.demo.group.u8_values import bank_account, customer_codes, item_codes, supplier_codes
from bridgebook.demo.group.world import World
from bridgebook.demo.group.writers import Store

_OPENED = timeline.day(date(2023, 1, 1))


def partner_names(partners: Partners) -> list[str]:
    """Spell partners as U8's clerks do: one in six not as SAP has them."""
    result = []
    for number, name in enumerate(partners.name):
        odd = number >= len(COMPANIES) and number % 6 == 4
        result.append(names.other_spelling(name, number // 6 % 4) if odd else name)
    return result


def write_masters(world: World, store: Store, company: Company, database: str, years: list[int]) -> None:
    """Fill every master table of one account set database."""
    _account_set(store, company, database, years)
    _chart(store, company, database, years)
    _partners(world, store, database)
    _items(world, store, database)
    _organisation(store, database)
    _rates(world, store, database, years)
    write_lists(store, company, database)


def _account_set(store: Store, company: Company, database: str, years: list[int]) -> None:
    store.write(
        database,
        "UA_Account",
        {"cAcc_Id": [company.account_set], "cAcc_Name": company.short_name, "iYear": years[0], "iMonth": 1,
         "cUnitName": company.name, "cUnitTaxNo": company.tax_id, "cCurCode": "RMB", "cCurName": "人民币",
         "cAcc_Master": names.person(20 + company.index), "cEntType": "企业会计准则"},
    )  # fmt: skip
    rows = [(year, period) for year in years for period in range(1, 13)]
    months = np.array([(year - 1970) * 12 + period - 1 for year, period in rows])
    store.write(
        database,
        "UA_Period",
        {"cAcc_Id": company.account_set, "iYear": np.array([y for y, _ in rows]),
         "iId": np.array([p for _, p in rows]), "dBegin": timeline.month_starts(months),
         "dEnd": timeline.month_ends(months)},
    )  # fmt: skip
    store.write(
        database,
        "AccInformation",
        {"cSysID": ["AA", "GL"], "cID": ["001", "002"], "cName": ["cUnitName", "dGLStartDate"],
         "cCaption": ["单位名称", "总账启用日期"], "cType": "Text",
         "cValue": [company.name, "2024-11-01"]},
    )  # fmt: skip


def _chart(store: Store, company: Company, database: str, years: list[int]) -> None:
    rows = [(year, *row) for year in years for row in chart(company.index)]
    leaf = [row[4] for row in rows]
    accounts = [row[3] for row in rows]
    codes = [row[1] for row in rows]

    def flag(letter: str) -> list[int]:
        return [int(letter in a.aux and is_leaf) for a, is_leaf in zip(accounts, leaf, strict=True)]

    store.write(
        database,
        "code",
        {"i_id": np.arange(1, len(rows) + 1), "cclass": [a.kind for a in accounts], "ccode": codes,
         "ccode_name": [row[2].split("-")[-1] if len(row[1]) > 4 else row[2] for row in rows],
         "igrade": np.array([(len(c) - 4) // 2 + 1 for c in codes]),
         "bproperty": np.array([int(a.debit) for a in accounts]),
         "cexch_name": pa.array([{"USD": "美元", "JPY": "日元"}.get(a.currency) if is_leaf else None
                                 for a, is_leaf in zip(accounts, leaf, strict=True)], pa.string()),
         "bperson": np.array(flag("p")), "bcus": np.array(flag("c")), "bsup": np.array(flag("s")),
         "bdept": np.array(flag("d")), "bitem": np.array(flag("j")),
         "br": 0, "be": 0, "bend": np.array([int(x) for x in leaf]),
         "bcash": np.array([int(c.startswith("1001")) for c in codes]),
         "bbank": np.array([int(c.startswith("1002")) for c in codes]), "bused": 1, "bclose": 0,
         "iyear": np.array([row[0] for row in rows])},
    )  # fmt: skip


def _partners(world: World, store: Store, database: str) -> None:
    for kind, partners in (("supplier", world.masters.suppliers), ("customer", world.masters.customers)):
        number = np.arange(len(partners))
        spelled = partner_names(partners)
        group = [
            "01" if n < len(COMPANIES) else "02" if partners.country[n] == "CN" else "03" for n in number
        ]
        currency = [("人民币", "美元", "日元")[c] for c in partners.currency.tolist()]
        term = [TERMS[t][0] for t in partners.term.tolist()]
        internal = (number < len(COMPANIES)).astype(np.int64)
        accounts = [bank_account(n + (0 if kind == "supplier" else 5000)) for n in number.tolist()]
        if kind == "supplier":
            store.write(
                database,
                "Vendor",
                {"cVenCode": supplier_codes(number), "cVenName": spelled,
                 "cVenAbbName": [n[:8] for n in spelled],
                 "cVCCode": group, "cVenRegCode": partners.tax_id, "cVenBank": "临溪商业银行",
                 "cVenAccount": accounts,
                 "cVenPayCond": term, "cVenExch_name": currency, "bVenInternal": internal,
                 "dVenDevDate": np.full(len(number), _OPENED),
                 "dVenCreateDatetime": np.full(len(number), _OPENED),
                 "bVenCargo": 1},
            )  # fmt: skip
            twice = np.append(number, 7)
            store.write(
                database,
                "VenBank",
                {"AutoID": np.arange(1, len(twice) + 1), "cVenCode": supplier_codes(twice),
                 "cBank": "临溪商业银行",
                 "cAccountNum": [*accounts, bank_account(99007)], "cAccountName": [*spelled, spelled[7]],
                 "bDefault": np.append(np.ones(len(number), np.int64), 0)},
            )  # fmt: skip
        else:
            store.write(
                database,
                "Customer",
                {"cCusCode": customer_codes(number), "cCusName": spelled,
                 "cCusAbbName": [n[:8] for n in spelled],
                 "cCCCode": group, "cCusRegCode": partners.tax_id, "cCusBank": "安岚农商银行",
                 "cCusAccount": accounts,
                 "cCusPayCond": term, "cCusExch_name": currency, "bCusInternal": internal,
                 "iCusCreLine": (number % 9 + 1) * 20000000, "dCusDevDate": np.full(len(number), _OPENED),
                 "dCusCreateDatetime": np.full(len(number), _OPENED)},
            )  # fmt: skip
    for table, code, name, level, end in (
        ("VendorClass", "cVCCode", "cVCName", "iVCGrade", "bVCEnd"),
        ("CustomerClass", "cCCCode", "cCCName", "iCCGrade", "bCCEnd"),
    ):
        store.write(
            database, table, {code: ["01", "02", "03"], name: ["集团内", "境内", "境外"], level: 1, end: 1}
        )


def _items(world: World, store: Store, database: str) -> None:
    items = world.masters.items
    number = np.arange(len(items))
    pack = items.pack > 1
    style = {"001": "计划价法", "002": "移动平均法", "003": "全月平均法"}[database.split("_")[1]]
    unit = pa.array(np.where(pack, "02", "01"))
    store.write(
        database,
        "Inventory",
        {"cInvCode": item_codes(number), "cInvName": items.name, "cInvStd": [f"HY-{n:04d}" for n in number],
         "cInvCCode": [{"material": "01", "product": "02", "goods": "03"}[f] for f in items.family],
         "cComUnitCode": "01", "cPUComUnitCode": unit, "cSAComUnitCode": "01", "cSTComUnitCode": "01",
         "iTaxRate": items.tax_rate, "iImpTaxRate": items.tax_rate, "cValueType": style,
         "bSale": [int(f != "material") for f in items.family], "bPurchase": 1,
         "bSelf": [int(f == "product") for f in items.family], "bService": 0,
         "iInvRCost": items.price / items.price_unit / 100, "dSDate": np.full(len(number), _OPENED)},
    )  # fmt: skip
    services = ["FW0001", "FW0002", "FW0003", "FW0004"]
    store.write(
        database,
        "Inventory",
        {"cInvCode": services, "cInvName": ["服务费", "设备购置", "运输费", "加工费"], "cInvCCode": "09",
         "cComUnitCode": "01", "iTaxRate": np.array([6, 13, 9, 13]), "iImpTaxRate": np.array([6, 13, 9, 13]),
         "bSale": 0, "bPurchase": 1, "bSelf": 0, "bService": 1, "dSDate": np.full(4, _OPENED)},
    )  # fmt: skip
    store.write(
        database,
        "InventoryClass",
        {"cInvCCode": ["01", "02", "03", "09"], "cInvCName": ["原材料", "产成品", "商品", "劳务费用"],
         "iInvCGrade": 1, "bInvCEnd": 1},
    )  # fmt: skip
    store.write(
        database,
        "ComputationUnit",
        {"cComunitCode": ["01", "02"], "cComUnitName": ["件", "箱"], "cGroupCode": "01",
         "bMainUnit": np.array([1, 0]), "iChangRate": np.array([1.0, 12.0]), "iNumber": np.array([1, 2])},
    )  # fmt: skip
    store.write(
        database, "ComputationGroup", {"cGroupCode": ["01"], "cGroupName": "固定换算", "iGroupType": 1}
    )


def _organisation(store: Store, database: str) -> None:
    store.write(
        database,
        "Department",
        {"cDepCode": [c for c, _ in DEPARTMENTS], "cDepName": [n for _, n in DEPARTMENTS], "bDepEnd": 1,
         "iDepGrade": 1, "cDepPerson": padded(np.arange(1, len(DEPARTMENTS) + 1), 4),
         "dDepBeginDate": np.full(len(DEPARTMENTS), _OPENED)},
    )  # fmt: skip
    number = np.arange(PEOPLE)
    store.write(
        database,
        "Person",
        {"cPersonCode": padded(number + 1, 4), "cPersonName": [names.person(n) for n in number.tolist()],
         "cDepCode": [DEPARTMENTS[n % len(DEPARTMENTS)][0] for n in number.tolist()], "bPsnPerson": 1,
         "dPValidDate": np.full(PEOPLE, _OPENED)},
    )  # fmt: skip
    store.write(
        database,
        "Warehouse",
        {"cWhCode": ["01", "02", "03"], "cWhName": ["主仓库", "门店仓", "代销仓"], "cDepCode": "05",
         "cWhValueStyle": "全月平均法", "bProxyWh": np.array([0, 0, 1]), "bFreeze": 0},
    )  # fmt: skip
    store.write(
        database,
        "fitem",
        {"i_id": np.array([1]), "citem_class": "00", "citem_name": "项目", "ctable": "fitemss00"},
    )
    store.write(
        database,
        "fitemss00",
        {"i_id": np.arange(1, len(PROJECTS) + 1), "citemcode": [c for c, _ in PROJECTS],
         "citemname": [n for _, n in PROJECTS], "bclose": 0, "citemccode": "1"},
    )  # fmt: skip


def _rates(world: World, store: Store, database: str, years: list[int]) -> None:
    store.write(
        database,
        "foreigncurrency",
        {"i_id": np.array([1, 2, 3]), "cexch_name": ["人民币", "美元", "日元"],
         "cexch_code": ["RMB", "USD", "JPY"],
         "bcal": 1, "idec": np.array([2, 2, 0]), "nerror": 0.00001},
    )  # fmt: skip
    months = [m for m in world.months if timeline.year_of(m) in years]
    rows: list[tuple[int, str, int, int, int]] = []
    for code, name in ((1, "美元"), (2, "日元")):
        for m in months:
            start, end = timeline.month_start(m), timeline.month_end(m)
            days = np.arange(start, end + 1)
            daily = world.masters.rate(np.full(len(days), code), days).tolist()
            rows += [(m, name, 1, day, rate) for day, rate in zip(days.tolist(), daily, strict=True)]
            rows += [(m, name, 2, 0, daily[0]), (m, name, 3, 0, daily[-1])]
    store.write(
        database,
        "exch",
        {"i_id": np.arange(1, len(rows) + 1), "cexch_name": [r[1] for r in rows],
         "iperiod": np.array([timeline.period_of(r[0]) for r in rows]),
         "itype": np.array([r[2] for r in rows]),
         "cdate": np.array([r[3] for r in rows]), "nflat": np.array([r[4] for r in rows]),
         "iyear": np.array([timeline.year_of(r[0]) for r in rows])},
    )  # fmt: skip
