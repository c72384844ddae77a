"""URLs of databases are read as SQLAlchemy reads them, without SQLAlchemy."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ingestion.transports.address import read_address


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///books.sqlite",
        "sqlite:////var/lib/erp/books.sqlite",
        "sqlite://",
        "postgresql://reader@db.example.com/erp",
        "postgresql+psycopg://reader:p%40ss%2Fw%3Ard@10.0.0.7:5433/erp?sslmode=require&application_name=a%20b",
        "postgresql://用户:口令@[::1]:5432/账套",
        "mysql+pymysql://root:a/b?c#d@127.0.0.1:3306/u8?charset=utf8mb4",
        "mssql+pymssql://sa:;,+=@sql.example.com/UFDATA_001_2025",
        "oracle+oracledb://nc:secret@ora.example.com:1521/?service_name=NCDB",
        "mariadb:///erp",
        "postgresql://user@domain:secret@host/erp",
    ],
)
def test_read_as_sqlalchemy_does(url: str) -> None:
    address = read_address(url)
    assert address is not None
    assert address.sqlalchemy() == sa.make_url(url)
    again = sa.make_url(address.uri("postgresql", {"connect_timeout": "10"}))
    assert (again.username, again.password, again.host, again.port) == (
        address.username, address.password, address.host, address.port,
    )  # fmt: skip
    assert again.query == {**address.query, "connect_timeout": "10"}


@pytest.mark.parametrize("url", ["", "books.sqlite", "postgresql:/erp", "postgresql://host:port/erp"])
def test_what_is_no_address(url: str) -> None:
    assert read_address(url) is None
