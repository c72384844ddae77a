"""Vouchers into Tryton as posted account moves, over its own JSON interface.

A move's description keeps our reference, by which it is looked for before anything is sent twice. Tryton
gives the number when the move is posted; a move that was made and not yet posted is posted when it is found.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ingestion.errors import LetterUnreadable, LoginRefused, OutboundError
from ingestion.outbound.http import Http
from ingestion.outbound.target import Answer, Letter, TargetSettings
from ingestion.outbound.voucher import Line, Voucher, read_voucher
from ingestion.texts import sentence


class Declined(Exception):
    """Tryton's own reason why it does not do something."""


class Tryton:
    """Holds the session; `account_id` is the database, `account_books` names the id of each company."""

    batch_size = 1

    def __init__(self, settings: TargetSettings) -> None:
        self._settings = settings
        self._http = Http(settings.id, settings.url, settings.timeout_seconds)
        self._session: tuple[str, str] | None = None
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Look for moves with our references, and post those that are still drafts."""
        names = [letter.reference for letter in letters]
        try:
            rows = self._read(
                "account.move", [["description", "in", names]], "number", "description", "state"
            )
        except Declined as error:
            raise OutboundError(target=self._settings.id, detail=str(error)) from None
        found: dict[str, Answer] = {}
        for reference in names:
            held = [row for row in rows if row["description"] == reference]
            if len(held) > 1:
                told = sentence("held_twice", target=self._settings.id, reference=reference, count=len(held))
                found[reference] = Answer("refused", f"{told.zh} | {told.en}")
            elif held:
                found[reference] = self._posted(int(held[0]["id"]), str(held[0]["state"]))
        return found

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Create each move with its lines in one transaction of Tryton, then post it."""
        return {letter.reference: self._send(letter) for letter in letters}

    def _send(self, letter: Letter) -> Answer:
        try:
            move = self._move(read_voucher(letter.reference, letter.payload))
            (identity,) = self._call("model.account.move.create", [move], {})
        except LetterUnreadable as error:
            return Answer("refused", f"{error.zh} | {error.en}")
        except Declined as error:
            return Answer("refused", str(error))
        return self._posted(int(identity), "draft")

    def _posted(self, identity: int, state: str) -> Answer:
        try:
            if state == "draft":
                self._call("model.account.move.post", [identity], {})
            (row,) = self._read("account.move", [["id", "=", identity]], "number", "state")
        except Declined as error:
            return Answer("refused", str(error), str(identity))
        return Answer("acknowledged", None, str(identity), str(row["number"] or identity))

    def _move(self, voucher: Voucher) -> dict[str, object]:
        company = int(self._settings.account_book(voucher.company_code) or 1)
        journal = self._settings.words.get(voucher.word, "")
        kind = [["code", "=", journal]] if journal else [["type", "=", "general"]]
        day = _day(voucher.day)
        period = [
            ["company", "=", company],
            ["type", "=", "standard"],
            ["start_date", "<=", day],
            ["end_date", ">=", day],
        ]
        return {
            "company": company,
            "journal": self._one("account.journal", journal or "general", kind)["id"],
            "period": self._one("account.period", voucher.day.isoformat(), period)["id"],
            "date": day,
            "description": voucher.reference,
            "lines": [["create", [self._line(line, voucher, company) for line in voucher.lines]]],
        }

    def _line(self, line: Line, voucher: Voucher, company: int) -> dict[str, object]:
        condition = [["code", "=", line.account_code], ["company", "=", company], ["type", "!=", None]]
        account = self._one("account.account", line.account_code, condition, "party_required")
        made: dict[str, object] = {
            "account": account["id"],
            "debit": _amount(line.debit),
            "credit": _amount(line.credit),
            "description": line.summary,
        }
        if account["party_required"]:
            party = self._one("party.party", line.partner_code, [["code", "=", line.partner_code]])
            made["party"] = party["id"]
        if line.currency != voucher.currency:
            currency = self._one("currency.currency", line.currency, [["code", "=", line.currency]])
            signed = line.currency_amount if line.is_debit else -line.currency_amount
            made |= {"second_currency": currency["id"], "amount_second_currency": _amount(signed)}
        return made

    def _one(self, model: str, name: str, condition: list[Any], *fields: str) -> dict[str, Any]:
        """Return the only record that fits, asked once; Declined where there is none or several."""
        if (model, name) not in self._known:
            rows = self._read(model, condition, *fields)
            if len(rows) != 1:
                told = sentence("target_record", model=model, name=name, count=len(rows))
                raise Declined(f"{told.zh} | {told.en}")
            self._known[model, name] = rows[0]
        return self._known[model, name]

    def _read(self, model: str, condition: list[Any], *fields: str) -> list[dict[str, Any]]:
        found = self._call(f"model.{model}.search_read", condition, 0, None, None, list(fields), {})
        return [dict(row) for row in found]

    def _call(self, method: str, *parameters: object) -> Any:
        for is_last in (False, True):
            if self._session is None:
                self._log_in()
            try:
                return self._ask(method, parameters, {"Authorization": f"Session {self._token()}"})
            except LoginRefused:
                self._session = None
                if is_last:
                    raise
        return None

    def _log_in(self) -> None:
        settings = self._settings
        user, token, *_ = self._ask(
            "common.db.login", (settings.user, {"password": settings.secret}, "en"), {}
        )
        self._session = (str(user), str(token))

    def _token(self) -> str:
        user, token = self._session or ("", "")
        return base64.b64encode(f"{self._settings.user}:{user}:{token}".encode()).decode()

    def _ask(self, method: str, parameters: Sequence[object], headers: Mapping[str, str]) -> Any:
        path = f"{self._http.path}/{self._settings.account_id}/rpc/"
        body = {"id": 1, "method": method, "params": list(parameters)}
        content = self._http.post(path, body, headers).content
        if "error" in content:
            raise Declined(_words(content["error"]))
        return content["result"]


def _day(day: date) -> dict[str, object]:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def _amount(amount: Decimal) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": format(amount, "f")}


def _words(error: object) -> str:
    """Return the sentence in an error, whose parts are its kind, its words and more."""
    if not isinstance(error, list):
        return str(error)
    told = [str(part) for part in _flat(error) if part]
    return ": ".join(told[:3])


def _flat(parts: Sequence[object]) -> list[object]:
    found: list[object] = []
    for part in parts:
        found += _flat(part) if isinstance(part, list) else [part]
    return found
