"""Vouchers into Kingdee K/3 Cloud over its WebAPI: BatchSave, and ExecuteBillQuery to find what is there.

The WebAPI has no idempotency key. Our reference stands in a field of the voucher (FBUSNO of its lines, or a
field of the head that the customer added), and everything that was sent before is looked for there first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from ingestion.errors import LetterUnreadable, LoginRefused, RequestRefused
from ingestion.outbound.http import Http
from ingestion.outbound.target import Answer, Letter, TargetSettings
from ingestion.outbound.voucher import Line, Voucher, read_voucher
from ingestion.texts import sentence

FORM = "GL_VOUCHER"
HAND_ENTRY = "78050206-2fa6-40e3-b7c8-bd608146fa38"
LINE_REFERENCE = "FBUSNO"
CHINESE = 2052
SESSION_LOST = 1
PAGE, MOST_ROWS = 2000, 2_000_000  # a reference in the lines is found once per line
SERVICE = "Kingdee.BOS.WebApi.ServicesStub."
DIMENSIONS = {
    "supplier": "FFLEX4", "department": "FFLEX5", "customer": "FFLEX6", "employee": "FFLEX7",
    "item": "FFLEX8", "bank_account": "FFLEX15", "other": "FFLEX16",
}  # fmt: skip


class KingdeeWebApi:
    """Holds the session; logs in by signature where an application is named, else by password."""

    batch_size = 20

    def __init__(self, settings: TargetSettings) -> None:
        self._settings = settings
        self._http = Http(settings.id, settings.url, settings.timeout_seconds)
        self._session = ""
        self._field = settings.reference_field or LINE_REFERENCE

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Ask which vouchers carry our references."""
        names = ",".join("'" + letter.reference.replace("'", "''") + "'" for letter in letters)
        question = {
            "FormId": FORM,
            "FieldKeys": f"FVOUCHERID,FVOUCHERGROUPNO,{self._field}",
            "FilterString": f"{self._field} in ({names})",
            "OrderString": "FVOUCHERID ASC",
            "TopRowCount": 0,
            "Limit": PAGE,
            "SubSystemId": "",
        }
        held: dict[str, dict[str, str]] = {}
        for start in range(0, MOST_ROWS, PAGE):
            rows = self._call("ExecuteBillQuery", {"data": {**question, "StartRow": start}})
            if _status_of(rows):
                raise RequestRefused(target=self._settings.id, detail=_words(_status_of(rows)))
            for identity, number, reference in rows:
                held.setdefault(str(reference), {})[str(identity)] = str(number)
            if len(rows) < PAGE:
                break
        return {reference: self._held(reference, found) for reference, found in held.items()}

    def _held(self, reference: str, found: Mapping[str, str]) -> Answer:
        if len(found) > 1:
            told = sentence("held_twice", target=self._settings.id, reference=reference, count=len(found))
            return Answer("refused", f"{told.zh} | {told.en}")
        ((identity, number),) = found.items()
        return Answer("acknowledged", None, identity, number)

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Save the vouchers; each has its own fate, whatever the answer says of all of them."""
        answers: dict[str, Answer] = {}
        models, sent = [], []
        for letter in letters:
            try:
                models.append(self._model(read_voucher(letter.reference, letter.payload)))
                sent.append(letter.reference)
            except LetterUnreadable as error:
                answers[letter.reference] = Answer("refused", f"{error.zh} | {error.en}")
        if len(sent) == 1:
            data: dict[str, object] = {"NeedReturnFields": ["FVOUCHERGROUPNO"], "Model": models[0]}
            answers |= self._answers(self._call("Save", {"formid": FORM, "data": data}), sent)
        elif sent:
            data = {"NeedReturnFields": ["FVOUCHERGROUPNO"], "Model": models}
            answers |= self._answers(self._call("BatchSave", {"formid": FORM, "data": data}), sent)
        return answers

    def _answers(self, content: Any, sent: Sequence[str]) -> dict[str, Answer]:
        """Split an answer by its DIndex; what it names neither as saved nor as wrong stays unknown."""
        status = _status_of(content)
        returned = (content.get("Result") or {}).get("NeedReturnData") if isinstance(content, dict) else None
        found: dict[str, Answer] = {}
        for number, entity in enumerate(status.get("SuccessEntitys") or []):
            index = _index(entity, number if len(sent) > 1 else 0)
            if index < len(sent):
                group = _returned(returned, number) or str(entity.get("Number") or "")
                found[sent[index]] = Answer("acknowledged", None, str(entity.get("Id")), group)
        for error in status.get("Errors") or []:
            index = _index(error, 0)
            if index < len(sent) and sent[index] not in found:
                found[sent[index]] = Answer("refused", _told(error))
        if not found and not status.get("IsSuccess"):
            return {reference: Answer("refused", _words(status)) for reference in sent}
        return found

    def _call(self, operation: str, body: Mapping[str, object]) -> Any:
        """Call the service, logging in first and once more when the session was lost."""
        for is_last in (False, True):
            if not self._session:
                self._log_in()
            reply = self._http.post(self._path("DynamicFormService", operation), body, self._headers())
            self._session = reply.cookies.get("kdservice-sessionid", self._session)
            if _status_of(reply.content).get("MsgCode") != SESSION_LOST:
                break
            if is_last:
                raise LoginRefused(target=self._settings.id, detail=_words(_status_of(reply.content)))
            self._session = ""
        return reply.content

    def _log_in(self) -> None:
        settings = self._settings
        if settings.application:
            self._session = "signed"  # every call carries the signature; the server then gives its cookie
            return
        body = {"parameters": [settings.account_id, settings.user, settings.secret, CHINESE]}
        content = self._http.post(self._path("AuthService", "ValidateUser"), body).content
        if content.get("LoginResultType") != 1:
            raise LoginRefused(target=settings.id, detail=str(content.get("Message") or "-"))
        self._session = str(content.get("KDSVCSessionId") or "")

    def _headers(self) -> dict[str, str]:
        headers = {} if self._session == "signed" else {"Cookie": f"kdservice-sessionid={self._session}"}
        settings = self._settings
        if settings.application:
            parts = ",".join((settings.account_id, settings.user, str(CHINESE), "0"))
            data = base64.b64encode(parts.encode()).decode()
            headers |= {
                "X-Kd-Appkey": settings.application,
                "X-Kd-Appdata": data,
                "X-Kd-Signature": signature(settings.secret, settings.application + parts),
            }
        return headers

    def _path(self, service: str, operation: str) -> str:
        return f"{self._http.path}/{SERVICE}{service}.{operation}.common.kdsvc"

    def _model(self, voucher: Voucher) -> dict[str, object]:
        settings = self._settings
        head: dict[str, object] = {
            "FVOUCHERID": 0,
            "FAccountBookID": {"FNumber": settings.account_book(voucher.company_code)},
            "FDate": voucher.day.isoformat(),
            "FBUSDATE": voucher.day.isoformat(),
            "FYEAR": voucher.fiscal_year,
            "FPERIOD": voucher.period_no,
            "FVOUCHERGROUPID": {"FNumber": settings.words.get(voucher.word, "PRE001")},
            "FATTACHMENTS": voucher.attachments,
            "FSourceBillKey": {"FNumber": HAND_ENTRY},
        }
        if self._field != LINE_REFERENCE:
            head[self._field] = voucher.reference
        head["FEntity"] = [self._entry(line, voucher) for line in voucher.lines]
        return head

    def _entry(self, line: Line, voucher: Voucher) -> dict[str, object]:
        settings = self._settings
        entry: dict[str, object] = {
            "FEXPLANATION": line.summary,
            "FACCOUNTID": {"FNumber": line.account_code},
            "FCURRENCYID": {"FNumber": settings.currencies.get(line.currency, _currency(line.currency))},
            "FEXCHANGERATETYPE": {"FNumber": "HLTX01_SYS"},
            "FEXCHANGERATE": line.rate,
            "FAMOUNTFOR": line.currency_amount,
            "FDEBIT": line.debit,
            "FCREDIT": line.credit,
        }
        dimensions = {
            f"FDETAILID__{flexible}": {"FNumber": code}
            for kind, code in line.dimensions().items()
            if (flexible := settings.dimensions.get(kind, DIMENSIONS.get(kind, "")))
        }
        if dimensions:
            entry["FDetailID"] = dimensions
        if line.quantity is not None:
            entry["FQty"] = line.quantity
        if self._field == LINE_REFERENCE:
            entry[LINE_REFERENCE] = voucher.reference
        return entry


def signature(secret: str, message: str) -> str:
    """Return the vendor's signature: the hexadecimal HMAC, as text, in base64."""
    digest = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def _currency(code: str) -> str:
    return "PRE001" if code == "CNY" else code


def _status_of(content: Any) -> dict[str, Any]:
    """Return the ResponseStatus of an answer in any of its wrappings; {} where there is none."""
    while isinstance(content, list) and content and isinstance(content[0], (list, dict)):
        content = content[0]
    if not isinstance(content, dict) or not isinstance(content.get("Result"), dict):
        return {}
    status = content["Result"].get("ResponseStatus")
    return status if isinstance(status, dict) else {}


def _index(entity: Mapping[str, Any], otherwise: int) -> int:
    given = entity.get("DIndex")
    return int(given) if isinstance(given, int) else otherwise


def _returned(rows: Any, number: int) -> str:
    if isinstance(rows, list) and number < len(rows) and isinstance(rows[number], dict):
        return str(rows[number].get("FVOUCHERGROUPNO") or "")
    return ""


def _told(error: Mapping[str, Any]) -> str:
    field, message = error.get("FieldName"), str(error.get("Message") or "-")
    return f"{field}: {message}" if field else message


def _words(status: Mapping[str, Any]) -> str:
    return "; ".join(_told(error) for error in status.get("Errors") or []) or str(status or "-")
