"""What each kind of target is told, in its own words: signed calls, import files, rows of a database."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from sqlalchemy.engine import Engine

from bridgebook.settings import Settings
from tests.conftest import NewDatabase
from tests.outbound import servers
from tests.outbound.letters import deliver, head, home, lines, make_due, post, rows, states
from tests.outbound.servers import APPLICATION, SECRET, Finance

KINGDEE = """
[[targets]]
id = "erp"
kind = "kingdee_webapi"
url = "{url}/k3cloud"
account_id = "acct"
user = "webapi"
{application}
secret = {{ file = "secret" }}
account_book = "001"
account_books = {{ HK01 = "002" }}
words = {{ "记" = "PRE001", "付" = "PRE003" }}
settle_seconds = 0
"""
U8 = """
[[targets]]
id = "erp"
kind = "u8_file"
folder = "out"
settle_seconds = 0
"""
WORKBOOK = """
[[targets]]
id = "erp"
kind = "kingdee_file"
folder = "out"
account_book = "001"
"""
STATUS = """
[[targets]]
id = "back"
kind = "database_status"
url = "{url}"
settle_seconds = 0
[targets.status]
table = "invoice"
key = {{ id = "document_id" }}
write = {{ voucher_no = "voucher_no", state = "state" }}
unchanged = {{ voucher_no = "" }}
"""


@pytest.fixture
def finance() -> Iterator[Finance]:
    with servers.serving(servers.Kingdee) as found:
        yield found


def kingdee(finance: Finance, folder: Path, application: str = f'application = "{APPLICATION}"') -> Settings:
    return home(folder / "home", KINGDEE.format(url=finance.url, application=application))


@pytest.mark.parametrize("application", [f'application = "{APPLICATION}"', ""])
def test_a_voucher_as_the_webapi_takes_it(finance: Finance, tmp_path: Path, application: str) -> None:
    """With the application's signature and with a password."""
    given = kingdee(finance, tmp_path, application)
    books = post(given, range(1, 2), company_code="HK01", voucher_word="付")
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1}
    ((reference, model),) = finance.vouchers
    assert (reference, model["FAccountBookID"], model["FVOUCHERGROUPID"]) == (
        "YZ-202601-0001", {"FNumber": "002"}, {"FNumber": "PRE003"},
    )  # fmt: skip
    assert (model["FDate"], model["FYEAR"], model["FPERIOD"], model["FATTACHMENTS"]) == (
        "2026-01-31", 2026, 1, 1,
    )  # fmt: skip
    debit, credit = model["FEntity"]
    assert (str(debit["FDEBIT"]), str(debit["FCREDIT"]), str(debit["FAMOUNTFOR"])) == (
        "1106.19", "0", "1106.19",
    )  # fmt: skip
    assert (credit["FACCOUNTID"], credit["FDetailID"]) == (
        {"FNumber": "220202"},
        {"FDETAILID__FFLEX4": {"FNumber": "V001"}},
    )
    assert debit["FDetailID"] == {"FDETAILID__FFLEX8": {"FNumber": "M-01"}}


def test_a_batch_is_split_voucher_by_voucher(finance: Finance, tmp_path: Path) -> None:
    given = kingdee(finance, tmp_path)
    books = post(given, range(1, 3))
    with books.begin() as connection:
        from bridgebook.books.routing import enqueue_posted

        wrong = [{**line, "account_code": "9999"} for line in lines()]
        enqueue_posted(connection, given.targets, reference="YZ-202601-0003", head=head(3), lines=wrong)
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 2, "refused": 1}
    assert states(given, books) == ["acknowledged", "acknowledged", "refused"]
    assert "科目 9999 不存在" in str(rows(books)[2].last)
    assert finance.asked == ["BatchSave"]


def test_a_success_that_names_half_of_a_batch_is_no_success_of_the_rest(
    finance: Finance, tmp_path: Path
) -> None:
    given = kingdee(finance, tmp_path)
    books = post(given, range(1, 6))
    finance.trouble = ["partial"]
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 3, "unknown": 2}
    make_due(books)
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 2}
    assert states(given, books) == ["acknowledged"] * 5
    assert finance.references() == [f"YZ-202601-{number:04}" for number in range(1, 6)]


def test_a_reference_held_twice_is_told(finance: Finance, tmp_path: Path) -> None:
    given = kingdee(finance, tmp_path)
    books = post(given, range(1, 2))
    finance.trouble = ["drop"]
    deliver(given, books)
    finance.vouchers.append(finance.vouchers[0])  # somebody copied it over there
    make_due(books)
    assert dict(deliver(given, books).outcomes) == {"refused": 1}
    assert "holds 2 vouchers" in str(rows(books)[0].last)


def test_the_vendors_own_client_and_ours_understand_the_same_server(finance: Finance, tmp_path: Path) -> None:
    """The signature and the shapes of the fake are those that the vendor's client expects."""
    main = pytest.importorskip("k3cloud_webapi_sdk.main", reason="the vendor's client is not installed")
    import json

    client = main.K3CloudApiSdk(f"{finance.url}/k3cloud/")
    client.InitConfig("acct", "webapi", APPLICATION, SECRET, f"{finance.url}/k3cloud/", 2052, 0)
    entry = {"FACCOUNTID": {"FNumber": "1403"}, "FBUSNO": "YZ-202601-0001"}
    model = {
        "FVOUCHERID": 0,
        "FEntity": [{**entry, "FDEBIT": 5, "FCREDIT": 0}, {**entry, "FDEBIT": 0, "FCREDIT": 5}],
    }
    saved = json.loads(client.Save("GL_VOUCHER", {"Model": model}))
    assert saved["Result"]["ResponseStatus"]["IsSuccess"] is True
    given = kingdee(finance, tmp_path)
    books = post(given, range(1, 3))
    finance.trouble = ["lose"]
    deliver(given, books)
    make_due(books)
    deliver(given, books)  # finds what the vendor's client saved, and sends the other
    assert finance.references() == ["YZ-202601-0001", "YZ-202601-0002"]
    question = {
        "FormId": "GL_VOUCHER",
        "FieldKeys": "FVOUCHERID,FVOUCHERGROUPNO,FBUSNO",
        "FilterString": "FBUSNO in ('YZ-202601-0002')",
        "StartRow": 0,
        "Limit": 10,
    }
    assert json.loads(client.ExecuteBillQuery(question)) == [[100002, 2, "YZ-202601-0002"]] * 2
    stranger = main.K3CloudApiSdk(f"{finance.url}/k3cloud/")
    stranger.InitConfig("acct", "webapi", APPLICATION, "wrong", f"{finance.url}/k3cloud/", 2052, 0)
    assert "会话信息已丢失" in stranger.ExecuteBillQuery(question)


def test_a_voucher_as_yonbip_takes_it(tmp_path: Path) -> None:
    with servers.serving(servers.YonBip) as finance:
        words = KINGDEE.format(url=finance.url, application=f'application = "{APPLICATION}"')
        given = home(tmp_path / "home", words.replace("kingdee_webapi", "yonbip").replace("/k3cloud", ""))
        books = post(given, range(1, 2))
        assert dict(deliver(given, books).outcomes) == {"acknowledged": 1}
        ((key, body),) = finance.vouchers
    assert key == "YZ-202601-0001"
    assert (body["accbookCode"], body["period"], body["externalSourceDataId"]) == (
        "001", "2026-01", "YZ-202601-0001",
    )  # fmt: skip
    debit, credit = body["bodies"]
    assert (str(debit["debitOrg"]), "creditOrg" in debit) == ("1106.19", False)
    assert (str(credit["creditOrg"]), credit["clientAuxiliaryList"]) == (
        "1106.19", [{"filedCode": "0004", "valueCode": "V001"}],
    )  # fmt: skip


def u8_lines(folder: Path) -> list[list[str]]:
    (file,) = folder.glob("out/*.txt")
    title, *entries = file.read_bytes().decode("gb18030").split("\r\n")[:-1]
    assert title == "填制凭证,V800"
    return [entry.split(",") for entry in entries]


def test_a_file_as_u8_takes_it(tmp_path: Path) -> None:
    given = home(tmp_path, U8)
    books = post(given, range(1, 3), summary='=HYPERLINK("http://x"),暂估\n入库')
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 2}
    entries = u8_lines(tmp_path)
    assert [len(entry) for entry in entries] == [21] * 4
    assert entries[0][:4] == ["2026-01-31", "记", "YZ-202601-0001", "1"]
    assert entries[0][4:8] == ["＝HYPERLINK(＂http://x＂)，暂估 入库", "1403", "1106.19", "0.00"]
    assert (entries[1][18], entries[1][2], entries[2][2]) == ("V001", "YZ-202601-0001", "YZ-202601-0002")


def test_a_code_that_could_be_a_formula_is_refused_and_not_rewritten(tmp_path: Path) -> None:
    given = home(tmp_path, U8)
    books = post(given, range(1, 2), prepared_by="=cmd")
    with books.begin() as connection:
        from bridgebook.books.routing import enqueue_posted

        wrong = [{**line, "account_code": "=1403"} for line in lines()]
        enqueue_posted(connection, given.targets, reference="YZ-202601-0002", head=head(2), lines=wrong)
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1, "refused": 1}
    assert "=1403" in str(rows(books)[1].last)
    assert {entry[2] for entry in u8_lines(tmp_path)} == {"YZ-202601-0001"}


def test_a_file_is_handed_over_once_even_when_it_was_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies at every step of writing the file; the next one completes it under the same name."""
    import os

    from ingestion.outbound import files

    calls = 0

    class PowerCut(BaseException):
        pass

    def run(limit: int, folder: Path) -> tuple[Settings, Engine]:
        nonlocal calls
        calls = 0
        given = home(folder, U8)
        books = post(given, range(1, 3))
        monkeypatch.setattr(files.os, "replace", lambda *given: fails(limit, *given))
        return given, books

    replace = os.replace

    def fails(limit: int, *given: Path) -> None:
        nonlocal calls
        calls += "out" in given[1].parts
        if calls > limit:
            raise PowerCut
        replace(*given)

    for limit in range(4):
        folder = tmp_path / str(limit)
        given, books = run(limit, folder)
        if limit < 3:
            with pytest.raises(PowerCut):
                deliver(given, books)
        else:
            deliver(given, books)
        monkeypatch.setattr(files.os, "replace", replace)
        taken = [file.name for file in folder.glob("out/*.txt")]
        for file in folder.glob("out/*.txt"):
            file.unlink()  # the other program has read it
        deliver(given, books)
        again = [file.name for file in folder.glob("out/*.txt")]
        assert states(given, books) == ["acknowledged", "acknowledged"]
        assert (taken, again) == (
            (["voucher_HD01_00000001.txt"], []) if limit == 3 else ([], ["voucher_HD01_00000001.txt"])
        )


def test_companies_never_share_a_file(tmp_path: Path) -> None:
    given = home(tmp_path, U8)
    post(given, range(1, 2))
    books = post(given, range(2, 3), company_code="HK01")
    deliver(given, books)
    assert sorted(file.name for file in tmp_path.glob("out/*.txt")) == [
        "voucher_HD01_00000001.txt",
        "voucher_HK01_00000002.txt",
    ]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    given = home(tmp_path, U8)
    books = post(given, range(1, 2))
    (tmp_path / "out").write_text("a file in its place")
    assert dict(deliver(given, books).outcomes) == {"failed": 1}
    assert "cannot be written" in str(rows(books)[0].last)


def test_a_workbook_as_kingdee_takes_it(tmp_path: Path) -> None:
    given = home(tmp_path, WORKBOOK)
    books = post(given, range(1, 3), summary="=1+1", amount="-1106.10")
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 2}
    (file,) = tmp_path.glob("out/*.xlsx")
    keys, names, *entries = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert (keys[0], names[1], len(entries)) == ("FBillHead(GL_VOUCHER)", "*(单据头)账簿#编码", 4)
    first, second = (dict(zip(keys, entry, strict=True)) for entry in entries[:2])
    assert (first["FBillHead(GL_VOUCHER)"], first["FAccountBookID"], first["FVOUCHERGROUPNO"]) == (
        "1", "001", "1",
    )  # fmt: skip
    assert (second["FBillHead(GL_VOUCHER)"], second["FEntity"], second["FDetailID#FFLEX4"]) == (
        "", "2", "V001",
    )  # fmt: skip
    assert (first["FEXPLANATION"], first["FDEBIT"], second["FCREDIT"], first["FBUSNO"]) == (
        "=1+1", "-1106.10", "-1106.10", "YZ-202601-0001",
    )  # fmt: skip
    import zipfile

    with zipfile.ZipFile(file) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def invoices(url: str) -> Engine:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create table invoice (id varchar(20) primary key, voucher_no varchar(20), state varchar(20))"
        )
        for identity, number in (("R1", None), ("R2", None), ("R3", "记-77")):
            connection.execute(
                sa.text("insert into invoice values (:identity, :number, 'open')"),
                {"identity": identity, "number": number},
            )
    return engine


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def test_a_document_learns_its_voucher_and_nothing_else_is_touched(
    request: pytest.FixtureRequest, server: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/erp.sqlite"
    if server == "postgresql":
        new_database: NewDatabase = request.getfixturevalue("postgresql")
        url = new_database()
    engine = invoices(url)
    given = home(tmp_path, STATUS.format(url=url))
    books = post(given, range(1, 5))
    assert dict(deliver(given, books, "back").outcomes) == {"acknowledged": 2, "refused": 2}
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select * from invoice order by id").fetchall()
    assert [tuple(row) for row in found] == [
        ("R1", "1", "posted"),
        ("R2", "2", "posted"),
        ("R3", "记-77", "open"),
    ]
    told = [str(row.last.error) for row in rows(books) if row.last]
    assert "changed by somebody else" in told[2]
    assert "no row id=R4" in told[3]


def test_a_document_hears_of_the_number_that_the_finance_system_gave(
    finance: Finance, tmp_path: Path
) -> None:
    engine = invoices(f"sqlite:///{tmp_path}/erp.sqlite")
    application = f'application = "{APPLICATION}"'
    words = KINGDEE.format(url=finance.url, application=application)
    given = home(tmp_path, words + STATUS.format(url=f"sqlite:///{tmp_path}/erp.sqlite"))
    finance.vouchers += [("older", {"FEntity": []})] * 40
    books = post(given, range(1, 2))
    assert [row.kind for row in rows(books)] == ["voucher"]
    deliver(given, books)
    assert [row.kind for row in rows(books)] == ["voucher", "status"]
    deliver(given, books, "back")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select voucher_no from invoice where id = 'R1'").scalar() == "41"


def test_states_as_a_list(tmp_path: Path) -> None:
    words = '[[targets]]\nid = "back"\nkind = "file_status"\nfolder = "out"\n'
    given = home(tmp_path, words)
    books = post(given, range(1, 2), document_no="=1")
    deliver(given, books, "back")
    (file,) = tmp_path.glob("out/*.csv")
    (row,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["document_no"], row["voucher_no"], row["state"]) == ("＝1", "1", "posted")
