"""Tell vouchers to a real Tryton 8.2 and read its books: every voucher is there once, whatever got lost.

usage: python -m tests.tryton.push_to_real_tryton --folder FOLDER

Needs a package index the first time; takes about a minute of CPU.
"""

import argparse
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bridgebook.pushing import push
from ingestion.errors import AnswerLost
from ingestion.outbound.http import Http
from tests.outbound.letters import head, home, make_due, rows, states
from tests.tryton.drive_real_tryton import DATABASE, TrytonInSQLite

TARGET = """
[[targets]]
id = "erp"
kind = "tryton"
url = "http://127.0.0.1:{port}"
account_id = "{database}"
user = "admin"
secret = {{ file = "secret" }}
account_books = {{ HD01 = "{company}" }}
words = {{ "记" = "{journal}" }}
settle_seconds = 0
"""
COUNT = 6


class Bookkeeping(TrytonInSQLite):
    """A Tryton with nothing but accounting, served on a port of this machine."""

    def create(self) -> None:
        self.create_empty()
        self._run("trytond-admin", "--all", "--email", "admin@example.com")
        self._run("trytond-admin", "-u", "account", "--activate-dependencies")

    def ask(self, task: str) -> Any:
        """Run a task of `real.bookkeeping` and return what it wrote."""
        file = self.folder / f"{task}.json"
        self._python("bookkeeping", task, DATABASE, self.configuration, file)
        return json.loads(file.read_text(encoding="utf-8"))

    def serve(self) -> tuple[subprocess.Popen[bytes], int]:
        """Start the server; return its process and port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        served = self.folder / "served.conf"
        words = self.configuration.read_text(encoding="utf-8")
        served.write_text(f"{words}[web]\nlisten = 127.0.0.1:{port}\n", encoding="utf-8")
        server = subprocess.Popen(
            [self.programs / "trytond", "-c", served, "-d", DATABASE], stderr=subprocess.DEVNULL
        )
        for _ in range(120):
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
            except OSError as error:
                if getattr(error, "code", None) is not None:  # it answers, if only with a refusal
                    break
                time.sleep(0.5)
            else:
                break
        return server, port


def lose_answers_of(method: str, times: int) -> None:
    """Let the answers to a method get lost after Tryton has done it."""
    post, left = Http.post, [times]

    def losing(self: Http, path: str, content: object, headers: Any = None) -> Any:
        reply = post(self, path, content, headers)
        if isinstance(content, dict) and content["method"] == method and left[0] > 0:
            left[0] -= 1
            raise AnswerLost(target="erp", detail=f"{method} was lost on purpose")
        return reply

    Http.post = losing  # type: ignore[method-assign]


def main() -> int:
    """Do all of it; end with 1 where Tryton's books are not what was told."""
    parser = argparse.ArgumentParser(prog="python -m tests.tryton.push_to_real_tryton", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="scratch folder")
    tryton = Bookkeeping(parser.parse_args().folder.absolute())
    tryton.folder.mkdir(parents=True, exist_ok=True)
    tryton.install()
    tryton.create()
    books = tryton.ask("prepare")
    server, port = tryton.serve()
    try:
        expected = told(tryton, books, port)
    finally:
        server.terminate()
        server.wait()
    found = sorted(tryton.ask("moves"), key=lambda move: str(move["reference"]))
    numbers = [move.pop("number") for move in found]
    print(f"{len(found)} moves" if found == expected else json.dumps(found, ensure_ascii=False, indent=1))
    is_numbered = all(numbers) and len(set(numbers)) == len(numbers)
    print("equal" if found == expected and is_numbered else "different")
    return int(found != expected or not is_numbered)


def told(tryton: Bookkeeping, books: dict[str, Any], port: int) -> list[dict[str, Any]]:
    """Tell vouchers, of which some answers get lost and one is refused; return what Tryton must hold."""
    from bridgebook.books.routing import enqueue_posted
    from bridgebook.records import open_books

    words = TARGET.format(port=port, database=DATABASE, **books)
    given = home(tryton.folder / f"home-{port}", words, secret="admin")
    store = open_books(given)
    expected = []
    for number in range(1, COUNT + 2):
        amount, account = f"{100 * number}.07", books["expense"] if number <= COUNT else "no such account"
        common = {"summary": f"办公费 {number}", "document_currency_code": books["currency"]}
        lines = [
            {**common, "account_code": account, "debit": amount, "credit": "0"},
            {
                **common, "account_code": books["payable"], "debit": "0", "credit": amount,
                "partner_kind": "supplier", "partner_code": books["party"],
            },
        ]  # fmt: skip
        reference = f"HD01/GL/2026-01/记-{number}"
        with store.begin() as connection:
            facts = head(number, company_currency_code=books["currency"])
            enqueue_posted(connection, given.targets, reference=reference, head=facts, lines=lines)
        if number <= COUNT:
            ends = [[account, amount, "0", ""], [books["payable"], "0", amount, books["party"]]]
            move = {"reference": reference, "state": "posted", "date": "2026-01-31", "lines": sorted(ends)}
            expected.append(move)
    lose_answers_of("model.account.move.create", 2)
    lose_answers_of("model.account.move.post", 2)
    for _ in range(4):
        print(push(given, store, given.target("erp")).outcomes)
        make_due(store)
    for row, state in zip(rows(store), states(given, store), strict=True):
        print(f"{row.subject}: {state} {(row.last and row.last.error) or ''}")
    assert states(given, store) == ["acknowledged"] * COUNT + ["refused"]
    return expected


if __name__ == "__main__":
    sys.exit(main())
