"""Master data that the pack tests share: a company in SAP and U8, a subsidiary in U8, partners, items."""

from tests.packs.vendor import VendorDatabase

U8_ACCOUNTS = (
    # code, name, class, grade, leaf, debit, what else
    ("1001", "库存现金", "资产", 1, 1, 1, {"bcash": 1}),
    ("1002", "银行存款", "资产", 1, 0, 1, {}),
    ("100201", "人民币户", "资产", 2, 1, 1, {"bbank": 1}),
    ("100202", "美元户", "资产", 2, 1, 1, {"bbank": 1, "cexch_name": "美元"}),
    ("1122", "应收账款", "资产", 1, 1, 1, {"bcus": 1}),
    ("1123", "预付账款", "资产", 1, 1, 1, {"bsup": 1}),
    ("1405", "库存商品", "资产", 1, 1, 1, {}),
    ("2202", "应付账款", "负债", 1, 0, 0, {}),
    ("220201", "应付货款", "负债", 2, 1, 0, {"bsup": 1}),
    ("220202", "暂估应付款", "负债", 2, 1, 0, {"bsup": 1}),
    ("2221", "应交税费", "负债", 1, 0, 0, {}),
    ("222101", "进项税额", "负债", 2, 1, 0, {}),
    ("4001", "实收资本", "权益", 1, 1, 0, {}),
    ("4103", "本年利润", "权益", 1, 1, 0, {}),
    ("6001", "主营业务收入", "损益", 1, 1, 0, {}),
    ("6401", "主营业务成本", "损益", 1, 1, 1, {}),
    ("6602", "管理费用", "损益", 1, 1, 1, {"bdept": 1}),
    ("6603", "财务费用", "损益", 1, 1, 1, {}),
)


def write_u8(database: VendorDatabase, source_id: str) -> None:
    """Write the account set's own facts, chart and masters."""
    number = source_id.split("_")[1]
    years = (2025,) if source_id.endswith("2025") else (2026,)
    name = {"001": "恒远制造", "003": "恒远零售"}[number]
    # UFSYSTEM lists every account set of the server; the source's name tells which one this is.
    for code in ("001", "003"):
        database.add(
            "UA_Account",
            cAcc_Id=code,
            cAcc_Name=code,
            cUnitName={"001": "恒远制造", "003": "恒远零售"}[code],
            cUnitTaxNo=f"9199{code}",
            cCurCode="RMB",
            cCurName="人民币",
            iYear=years[0],
        )
    database.add("AccInformation", cSysID="AA", cID="001", cName="cUnitName", cValue=name)
    for year in years:
        for code, title, kind, grade, leaf, debit, more in U8_ACCOUNTS:
            database.add(
                "code",
                iyear=year,
                ccode=code,
                ccode_name=title,
                cclass=kind,
                igrade=grade,
                bend=leaf,
                bproperty=debit,
                **more,
            )
    for place, (title, code, digits, multiplies) in enumerate(
        (("人民币", "RMB", 2, 1), ("美元", "USD", 2, 1), ("日元", "JPY", 0, 0))
    ):
        del place
        database.add("foreigncurrency", cexch_name=title, cexch_code=code, idec=digits, bcal=multiplies)
    database.add(
        "Vendor", cVenCode="V01", cVenName="甲供应商", cVCCode="01", cVenRegCode="9101", cVenPayCond="30"
    )
    database.add("Customer", cCusCode="C01", cCusName="乙客户", cCusRegCode="9102", iCusCreLine=50000)
    database.add("PayCondition", cPayCode="30", cPayName="30天", iPayCreDays=30)
    database.add("InventoryClass", cInvCCode="01", cInvCName="商品")
    database.add(
        "ComputationUnit", cComunitCode="01", cComUnitName="个", cGroupCode="1", bMainUnit=1, iChangRate=1
    )
    database.add(
        "ComputationUnit", cComunitCode="02", cComUnitName="箱", cGroupCode="1", bMainUnit=0, iChangRate=12
    )
    database.add(
        "Inventory",
        cInvCode="A1",
        cInvName="轴承",
        cInvStd="6204",
        cInvCCode="01",
        cComUnitCode="01",
        cValueType="移动平均法",
        bService=0,
    )
    database.add("Inventory", cInvCode="S1", cInvName="运输费", cInvCCode="01", cComUnitCode="01", bService=1)
    database.add("Department", cDepCode="01", cDepName="总部", iDepGrade=1, bDepEnd=0)
    database.add("Department", cDepCode="0101", cDepName="采购部", iDepGrade=2, bDepEnd=1)
    database.add("Person", cPersonCode="P1", cPersonName="张三", cDepCode="0101")
    database.add("Warehouse", cWhCode="W1", cWhName="主仓")
    database.add("SettleStyle", cSSCode="2", cSSName="电汇")
    database.add("SettleStyle", cSSCode="3", cSSName="银行承兑汇票")


SAP_ACCOUNTS = (
    # number, balance sheet?, reconciliation kind, cash?, name
    ("0001002000", "X", "", "X", "银行存款"),
    ("0001122000", "X", "D", "", "应收账款"),
    ("0001405000", "X", "", "", "库存商品"),
    ("0002202000", "X", "K", "", "应付账款"),
    ("0002202900", "X", "", "", "GR/IR 暂估"),
    ("0002221010", "X", "", "", "进项税额"),
    ("0002221020", "X", "", "", "销项税额"),
    ("0006001000", "", "", "", "主营业务收入"),
    ("0006401000", "", "", "", "主营业务成本"),
    ("0006603000", "", "", "", "汇兑损益"),
)


def write_sap(database: VendorDatabase) -> None:
    """Write customizing and masters of client 100, and client 000 whose companies are nobody's."""
    add = database.add
    add("T001", BUKRS="1000", BUTXT="恒远制造", WAERS="CNY", KTOPL="CNHY", LAND1="CN", OPVAR="HY")
    add("T001", MANDT="000", BUKRS="1000", BUTXT="SAP A.G.", WAERS="EUR", KTOPL="INT", LAND1="DE")
    add("T001W", WERKS="1100", NAME1="一工厂", BWKEY="1100")
    add("T001K", BWKEY="1100", BUKRS="1000")
    add("T001L", WERKS="1100", LGORT="0001", LGOBE="原料库")
    add("TVKO", VKORG="1000", BUKRS="1000", WAERS="CNY")
    add("T001B", BUKRS="HY", MKOAR="+", VKONT="", FRYE1="2026", FRPE1="002", TOYE1="2026", TOPE1="003")
    add("MARV", BUKRS="1000", LFGJA="2026", LFMON="03")
    add("TCURX", CURRKEY="JPY", CURRDEC=0)
    add("TCURX", CURRKEY="KWD", CURRDEC=3)
    add("T052", ZTERM="N030", ZTAGG="00", ZTAG1=30)
    add(
        "LFA1", LIFNR="0000100001", NAME1="甲供应商", STCD5="9101", KTOKK="LIEF", LAND1="CN", ERDAT="20240105"
    )
    add("KNA1", KUNNR="0000100001", NAME1="乙客户", STCD5="9102", KTOKD="KUNA", LAND1="CN", LOEVM="X")
    add("LFB1", LIFNR="0000100001", BUKRS="1000", AKONT="0002202000", ZTERM="N030")
    add(
        "MARA",
        MATNR="000000000000000777",
        MTART="HAWA",
        MATKL="01",
        MEINS="ST",
        ERSDA="20240101",
        LAEDA="00000000",
    )
    add("MAKT", MATNR="000000000000000777", SPRAS="E", MAKTX="Bearing")
    add("MAKT", MATNR="000000000000000777", SPRAS="1", MAKTX="轴承")
    add("MARM", MATNR="000000000000000777", MEINH="KAR", UMREZ=12, UMREN=1)
    for number, balance, kind, cash, name in SAP_ACCOUNTS:
        add("SKA1", KTOPL="CNHY", SAKNR=number, XBILK=balance)
        add("SKAT", SPRAS="1", KTOPL="CNHY", SAKNR=number, TXT50=name)
        add("SKB1", BUKRS="1000", SAKNR=number, MITKZ=kind, XGKON=cash, WAERS="CNY")
    for code, kind, rate in (("J1", "V", 130), ("X1", "A", 130), ("J0", "V", 0)):
        add("T007A", KALSM="TAXCN", MWSKZ=code, MWART=kind)
        add("A003", KAPPL="TX", KSCHL="MWVS", ALAND="CN", MWSKZ=code, KNUMH=f"00000000{code}")
        add("KONP", KNUMH=f"00000000{code}", KOPOS="01", KBETR=rate)
