"""`bridgebook mapping` without sources: its forms, its memory, and what it says to wrong words."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from bridgebook.errors import MappingUnavailable
from bridgebook.home import Home
from bridgebook.mapping import fields
from bridgebook.mapping.fields import field_rows
from bridgebook.mapping.finding import find_pack
from bridgebook.project import shipped
from tests.house.documents import files
from tests.mapping.conftest import traced
from tests.tryton.installation import Installation


@pytest.fixture(scope="module")
def kontor(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A home with the pack of CONTRIBUTING, and nothing to read it from."""
    folder = tmp_path_factory.mktemp("mapping")
    for path, content in files("CONTRIBUTING.md").items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    (folder / "work").mkdir()
    return Installation(folder)


def test_a_pack_of_the_home_as_a_table(kontor: Installation) -> None:
    said = kontor.run("mapping", "kontor", "--entity", "journal_lines", "--lang", "zh").output
    debit = next(line for line in said.splitlines() if " debit* " in line)
    assert "本币借方金额" in debit or "借方" in debit
    assert "推导" in debit
    assert "voucher_line.amount" in debit
    assert "CASE WHEN voucher_line.amount > 0 THEN voucher_line.amount ELSE 0 END" in debit
    date = next(line for line in said.splitlines() if " posting_date* " in line)
    assert date.split() == ["journal_lines", "posting_date*", *date.split()[2:4], "直接", "voucher.booked_on"]


def test_csv_and_json_hold_every_feed(kontor: Installation) -> None:
    options = ("mapping", "kontor", "--entity", "journal_lines", "--format")
    written = list(csv.DictReader(StringIO(kontor.run(*options, "csv").output)))
    parsed = json.loads(kontor.run(*options, "json").output)
    assert [row["canonical_column"] for row in written] == [row["canonical_column"] for row in parsed]
    (debit,) = [row for row in parsed if row["canonical_column"] == "debit"]
    assert (debit["vendor_table"], debit["vendor_column"], debit["usage"]) == (
        "voucher_line",
        "amount",
        "value",
    )
    assert debit["name_zh"]
    assert debit["is_required"] is True
    assert {row["kind"] for row in parsed} == {"direct", "derived", "constant", "not_filled"}


def test_wrong_words_are_told_with_the_right_ones(kontor: Installation) -> None:
    said = kontor.run("mapping", "konto", code=2).output
    assert 'no pack "konto"' in said
    assert "kontor, sap" in said
    said = kontor.run("mapping", "kontor", "--entity", "vouchers", "--lang", "zh", code=2).output
    assert "没有规范实体 “vouchers”" in said
    assert "journal_lines" in said


def test_a_broken_pack_is_told_by_file_and_reason(kontor: Installation, tmp_path: Path) -> None:
    copy = kontor.copy_to(tmp_path / "copy")
    model = copy.folder / "packs" / "kontor" / "stg_kontor__accounts.sql"
    whole = model.read_text(encoding="utf-8")
    model.write_text(whole.replace("name as account_name", "nome as account_name"), encoding="utf-8")
    said = copy.run("mapping", "kontor", code=1).output
    assert "stg_kontor__accounts.sql" in said
    assert "nome" in said
    model.write_text(whole.replace("account_name", "acount_name"), encoding="utf-8")
    assert "column 'acount_name' is not a column of" in copy.run("mapping", "kontor", code=1).output


def test_sql_of_any_kind_is_followed_or_told(
    kontor: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules, rows in the SQL itself, lateral names, subqueries, windows; a failure never ends in a trace."""
    home = Home(kontor.copy_to(tmp_path / "copy").folder)
    (home.packs / "kontor" / "stg_kontor__accounts.sql").write_text(
        """{% call conform('accounts') %}
        with side as (select * from (values ('asset', 'debit'), ('equity', 'credit')) as told (kind, side))
        select
            account.source_id, 'kontor' as chart_code, account.number as account_code,
            coalesce((select min(text) from {{ landed('kontor', 'voucher_line') }} as line
                where line.account = account.number), account.name) as account_name,
            upper(account.kind) as parent_account_code,
            case
                when row_number() over (partition by account.kind order by account.number) = 1 then 'asset'
            end as account_type,
            max(side.side) over (partition by account.kind) as normal_side,
            exists (
                select 1 from {{ landed('kontor', 'voucher_line') }} as line
                where line.account = account.number
            ) as is_active,
            rule.role as required_dimensions
        from {{ landed('kontor', 'ledger_account') }} as account
        left join side on account.kind = side.kind
        left join {{ ref('account_roles') }} as rule on account.number = rule.account_code
        {% endcall %}""",
        encoding="utf-8",
    )
    rows = field_rows(shipped(), find_pack(shipped(), home, "kontor"), home)
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for row in rows:
        if row.entity == "accounts":
            found.setdefault(row.canonical_column, []).append((row.vendor_column, row.usage))
    assert found["account_name"] == [
        ("name", "value"),
        ("text", "value"),
        ("number", "condition"),
        ("account", "condition"),
    ]
    assert found["is_active"] == [("number", "condition"), ("account", "condition")]
    assert found["account_type"] == [("kind", "condition"), ("number", "condition")]
    assert found["normal_side"] == [("kind", "condition")]
    assert found["required_dimensions"] == [(None, None)]
    assert found["parent_account_code"] == [("kind", "value")]
    monkeypatch.setattr("bridgebook.mapping.lineage.Lineage.root", lambda *_: {}["gone"])
    with pytest.raises(MappingUnavailable, match="KeyError"):
        field_rows(shipped(), find_pack(shipped(), home, "kontor"), None)


def test_what_was_traced_is_remembered_until_the_pack_changes(
    kontor: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(kontor.copy_to(tmp_path / "copy").folder)
    pack = find_pack(shipped(), home, "kontor")
    first = field_rows(shipped(), pack, home)
    with monkeypatch.context() as patch:
        patch.setattr(fields, "_derived", lambda *_: pytest.fail("traced again"))
        assert field_rows(shipped(), pack, home) == first
    model = pack.folder / "stg_kontor__companies.sql"
    model.write_text(model.read_text().replace("name as", "upper(name) as"), encoding="utf-8")
    name = next(row for row in field_rows(shipped(), pack, home) if row.canonical_column == "company_name")
    assert (name.kind, name.expression) == ("derived", "UPPER(firm.name)")
    (home.mappings / "kontor.json").write_text("{", encoding="utf-8")
    assert len(field_rows(shipped(), pack, home)) == len(first)


def test_the_mart_tells_the_same(sqlite_home: Installation) -> None:
    told = sqlite_home.query(
        "select entity, canonical_column, kind, feed_no, vendor_table, vendor_column, usage, expression "
        "from field_mappings where system = 'tryton' order by entity_position, column_position, feed_no"
    )
    assert told == [
        (
            r.entity,
            r.canonical_column,
            r.kind,
            r.feed_no,
            r.vendor_table,
            r.vendor_column,
            r.usage,
            r.expression,
        )
        for r in traced("tryton")
    ]
