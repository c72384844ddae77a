"""Vouchers into YonBIP over its open API: addVoucher, to which the same businessId is the same voucher."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from ingestion.errors import LetterUnreadable, LoginRefused, TargetThrottled
from ingestion.outbound.http import Http
from ingestion.outbound.target import Answer, Letter, TargetSettings, short_reference
from ingestion.outbound.voucher import Line, Voucher, read_voucher

ADD = "/yonbip/fi/ficloud/openapi/voucher/addVoucher"
TOKEN = "/open-auth/selfAppAuth/base/v1/getAccessToken"
GATEWAY = "/open-auth/dataCenter/getGatewayAddress"
LONGEST_KEY = 32
DIMENSIONS = {
    "department": "0001",
    "employee": "0002",
    "supplier": "0004",
    "customer": "0005",
    "item": "0006",
}
THROTTLED = ("限流", "频率", "流量")


class YonBip:
    """Holds the access token and the tenant's gateway."""

    batch_size = 1

    def __init__(self, settings: TargetSettings) -> None:
        self._settings = settings
        self._entrance = Http(settings.id, settings.url, settings.timeout_seconds)
        self._gateway: Http | None = None
        self._tokens: Http | None = None
        self._token = ""

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Return nothing: the same businessId sent again is answered with the voucher that is there."""
        return {}

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Add each voucher by a call of its own."""
        return {letter.reference: self._send(letter) for letter in letters}

    def _send(self, letter: Letter) -> Answer:
        try:
            body = self._body(read_voucher(letter.reference, letter.payload))
        except LetterUnreadable as error:
            return Answer("refused", f"{error.zh} | {error.en}")
        content = self._call(ADD, body)
        if str(content.get("code")) != "200":
            return Answer("refused", f"{content.get('code')} {content.get('message') or '-'}")
        data = content.get("data")
        if not isinstance(data, dict) or not data.get("voucherId"):
            return Answer("unknown", str(content.get("message") or "-"))
        return Answer("acknowledged", None, str(data["voucherId"]), str(data.get("billCode") or ""))

    def _call(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Call with a token, taking a new one once when it ran out."""
        for is_last in (False, True):
            gateway, token = self._opened()
            content = gateway.post(f"{gateway.path}{path}?access_token={quote(token)}", body).content
            code, message = str(content.get("code")), str(content.get("message") or "")
            if code == "429" or any(word in message for word in THROTTLED):
                raise TargetThrottled(target=self._settings.id, detail=f"{code} {message}", retry_after=None)
            if code == "200" or "token" not in message.lower():
                break
            self._token = ""
            if is_last:
                raise LoginRefused(target=self._settings.id, detail=f"{code} {message}")
        return dict(content)

    def _opened(self) -> tuple[Http, str]:
        settings = self._settings
        if self._gateway is None or self._tokens is None:
            question = urlencode({"tenantId": settings.account_id})
            data = self._asked(self._entrance, f"{self._entrance.path}{GATEWAY}?{question}")
            self._gateway = Http(settings.id, str(data["gatewayUrl"]), settings.timeout_seconds)
            self._tokens = Http(settings.id, str(data["tokenUrl"]), settings.timeout_seconds)
        if not self._token:
            given = {"appKey": settings.application, "timestamp": str(int(time.time() * 1000))}
            question = urlencode({**given, "signature": signature(settings.secret, given)})
            data = self._asked(self._tokens, f"{self._tokens.path}{TOKEN}?{question}")
            self._token = str(data["access_token"])
        return self._gateway, self._token

    def _asked(self, http: Http, path: str) -> Mapping[str, Any]:
        content = http.get(path).content
        data = content.get("data") if isinstance(content, dict) else None
        if str(content.get("code")) not in ("00000", "200") or not isinstance(data, dict):
            detail = f"{content.get('code')} {content.get('message') or '-'}"
            raise LoginRefused(target=self._settings.id, detail=detail)
        return data

    def _body(self, voucher: Voucher) -> dict[str, object]:
        key = short_reference(voucher.reference, LONGEST_KEY)
        settings = self._settings
        maker = "makerEmail" if "@" in settings.user else "makerMobile"
        return {
            "businessId": key,
            "resubmitCheckKey": key,
            "srcSystemCode": "figl",
            "accbookCode": settings.account_book(voucher.company_code),
            "period": f"{voucher.fiscal_year:04}-{voucher.period_no:02}",
            "voucherTypeCode": settings.words.get(voucher.word, "1"),
            maker: settings.user,
            "makeTime": voucher.day.isoformat(),
            "attachedBill": voucher.attachments,
            "externalSourceDataId": voucher.reference,
            "bodies": [self._line(line) for line in voucher.lines],
        }

    def _line(self, line: Line) -> dict[str, object]:
        side = "debit" if line.is_debit else "credit"
        body: dict[str, object] = {
            "description": line.summary,
            "accsubjectCode": line.account_code,
            "currencyCode": self._settings.currencies.get(line.currency, line.currency),
            "rateType": "01",
            "rateOrg": line.rate,
            f"{side}Original": line.currency_amount,
            f"{side}Org": line.debit if line.is_debit else line.credit,
        }
        found = [
            {"filedCode": code, "valueCode": value}  # the vendor's own spelling
            for kind, value in line.dimensions().items()
            if (code := self._settings.dimensions.get(kind, DIMENSIONS.get(kind, "")))
        ]
        if found:
            body["clientAuxiliaryList"] = found
        if line.quantity is not None:
            body["quantity"] = line.quantity
        return body


def signature(secret: str, parameters: Mapping[str, str]) -> str:
    """Return the vendor's signature over all parameters, sorted by name and written one after the other."""
    words = "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.new(secret.encode(), words.encode(), hashlib.sha256).digest()).decode()
