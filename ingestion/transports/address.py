"""Where a database is: the parts of its URL, read without SQLAlchemy, whose import costs a sync 0.2 s."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode

if TYPE_CHECKING:
    from sqlalchemy import URL

_URL = re.compile(
    r"(?P<scheme>[\w+]+)://"
    r"((?P<username>[^:/]*)(:(?P<password>[^@]*))?@)?"
    r"(\[(?P<address>[^\]/?]+)\]|(?P<name>[^:/?]*))(:(?P<port>\d*))?"
    r"(/(?P<database>[^?]*))?(\?(?P<query>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Address:
    """The parts of a database URL as SQLAlchemy reads them; user, password and options are unquoted."""

    drivername: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def sqlalchemy(self) -> URL:
        """Return the same address as SQLAlchemy's URL."""
        from sqlalchemy import URL

        return URL.create(
            self.drivername, self.username, self.password, self.host, self.port, self.database, self.query
        )

    def uri(self, scheme: str, options: Mapping[str, str]) -> str:
        """Write the address as a URI for libpq, whose spaces are %20."""
        user = "" if self.username is None else quote(self.username, safe="")
        secret = "" if self.password is None else ":" + quote(self.password, safe="")
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host or ""
        port = "" if self.port is None else f":{self.port}"
        at = "@" if user or secret else ""
        asked = urlencode({**self.query, **options}, quote_via=quote)
        return f"{scheme}://{user}{secret}{at}{host}{port}/{quote(self.database or '')}?{asked}"


def read_address(url: str) -> Address | None:
    """Read a database URL; None when it is not one."""
    found = _URL.fullmatch(url)
    if found is None:
        return None
    username, password, port = found["username"], found["password"], found["port"]
    return Address(
        drivername=found["scheme"],
        username=None if username is None else unquote(username),
        password=None if password is None else unquote(password),
        host=found["address"] or found["name"] or None,
        port=int(port) if port else None,
        database=found["database"],
        query=dict(parse_qsl(found["query"] or "")),
    )
