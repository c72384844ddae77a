"""Fake finance systems on 127.0.0.1 that keep vouchers, check signatures and misbehave as they are told.

`trouble` holds what happens to the next voucher questions, oldest first: "drop" keeps the voucher and breaks
the connection, "lose" breaks it before anything is kept, "throttle" asks to wait, "fail" answers 502 after
keeping, "refuse" answers 200 with a failure, "partial" keeps every second voucher of a batch and says all is
well; a function is called once the vouchers are kept, before the answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Trouble = str | Callable[[], None]
APPLICATION, SECRET = "10001_" + "A" * 32, "appsecret-demo"


class Finance:
    """What a fake holds: vouchers with the reference under which each came, and what it was asked."""

    def __init__(self) -> None:
        self.vouchers: list[tuple[str, dict[str, Any]]] = []
        self.trouble: list[Trouble] = []
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.url = ""
        self.lock = threading.Lock()

    def references(self) -> list[str]:
        """Return the references of all vouchers held, in order."""
        return sorted(reference for reference, _ in self.vouchers)


class Handler(BaseHTTPRequestHandler):
    """Answers in JSON; a subclass is a vendor."""

    finance: Finance
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def body(self) -> Any:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(raw or b"{}", parse_float=Decimal)

    def reply(self, content: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(content, ensure_ascii=False, default=str).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def hang_up(self) -> None:
        self.close_connection = True

    def next_trouble(self) -> Trouble | None:
        return self.finance.trouble.pop(0) if self.finance.trouble else None


class Kingdee(Handler):
    """K/3 Cloud: signature or session, Save, BatchSave, ExecuteBillQuery."""

    def do_POST(self) -> None:
        operation = self.path.rsplit("/", 1)[-1].removesuffix(".common.kdsvc").rsplit(".", 1)[-1]
        body = self.body()
        self.finance.asked.append(operation)
        if operation == "ValidateUser":
            good = body["parameters"][1:3] == ["webapi", SECRET]
            session = uuid.uuid4().hex
            self.finance.tokens |= {session} if good else set()
            self.reply({"LoginResultType": int(good), "Message": "密码错误", "KDSVCSessionId": session})
            return
        if not self._knows():
            self.reply(_failure("会话信息已丢失，请重新登录", 1))
            return
        data = body["data"]
        data = json.loads(data, parse_float=Decimal) if isinstance(data, str) else data
        if operation == "ExecuteBillQuery":
            self._query(data)
        else:
            self._save(data["Model"] if isinstance(data["Model"], list) else [data["Model"]])

    def _knows(self) -> bool:
        application = self.headers.get("X-Kd-Appkey")
        if application is None:
            found = re.search(r"kdservice-sessionid=([^;]+)", self.headers.get("Cookie") or "")
            return found is not None and found[1] in self.finance.tokens
        data = base64.b64decode(self.headers.get("X-Kd-Appdata") or "").decode()
        digest = hmac.new(SECRET.encode(), (APPLICATION + data).encode(), hashlib.sha256).hexdigest()
        good = base64.b64encode(digest.encode()).decode()
        return application == APPLICATION and good == self.headers.get("X-Kd-Signature")

    def _query(self, data: dict[str, Any]) -> None:
        wanted = set(re.findall(r"'((?:[^']|'')*)'", data["FilterString"]))
        found = [
            [100000 + number, number, reference]
            for number, (reference, voucher) in enumerate(self.finance.vouchers, start=1)
            for _ in voucher["FEntity"]
            if reference in wanted
        ]
        self.reply(found[data["StartRow"] : data["StartRow"] + data["Limit"]])

    def _save(self, models: list[dict[str, Any]]) -> None:
        trouble = self.next_trouble()
        if trouble == "lose":
            return self.hang_up()
        if trouble == "throttle":
            return self.reply({}, 429, {"Retry-After": "7"})
        if trouble == "refuse":
            return self.reply(_failure("会计期间已结账，不能新增凭证", 11))
        entities, errors, returned = [], [], []
        for index, model in enumerate(models):
            if trouble == "partial" and index % 2:
                continue
            sums = {
                side: sum(Decimal(str(line[side])) for line in model["FEntity"])
                for side in ("FDEBIT", "FCREDIT")
            }
            wrong = [line for line in model["FEntity"] if line["FACCOUNTID"]["FNumber"] == "9999"]
            if sums["FDEBIT"] != sums["FCREDIT"] or wrong:
                text = "科目 9999 不存在或已禁用" if wrong else "借贷不平衡"
                errors.append({"FieldName": "FACCOUNTID", "Message": text, "DIndex": index})
                continue
            with self.finance.lock:
                self.finance.vouchers.append((str(model["FEntity"][0].get("FBUSNO")), model))
                number = len(self.finance.vouchers)
            entities.append({"Id": 100000 + number, "Number": f"PZ{number:04}", "DIndex": index})
            returned.append({"FVOUCHERGROUPNO": number})
        if callable(trouble):
            trouble()
        if trouble == "drop":
            return self.hang_up()
        if trouble == "fail":
            return self.reply({"error": "bad gateway"}, 502)
        status = {"IsSuccess": not errors, "Errors": errors, "SuccessEntitys": entities, "MsgCode": 0}
        return self.reply({"Result": {"ResponseStatus": status, "NeedReturnData": returned}})


def _failure(message: str, code: int) -> dict[str, Any]:
    errors = [{"FieldName": None, "Message": message, "DIndex": 0}]
    status = {"ErrorCode": 500, "IsSuccess": False, "Errors": errors, "SuccessEntitys": [], "MsgCode": code}
    return {"Result": {"ResponseStatus": status}}


class YonBip(Handler):
    """The open API: gateway, token by HMAC, addVoucher that knows businessId."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        given = dict(parse_qsl(address.query))
        if address.path.endswith("/getGatewayAddress"):
            urls = {"gatewayUrl": f"{self.finance.url}/gateway", "tokenUrl": f"{self.finance.url}/auth"}
            return self.reply({"code": "00000", "data": urls})
        signed = given.pop("signature", "")
        words = "".join(name + given[name] for name in sorted(given))
        good = base64.b64encode(hmac.new(SECRET.encode(), words.encode(), hashlib.sha256).digest()).decode()
        if signed != good or given.get("appKey") != APPLICATION:
            return self.reply({"code": "50000", "message": "签名校验失败", "data": None})
        token = uuid.uuid4().hex
        self.finance.tokens.add(token)
        return self.reply({"code": "00000", "data": {"access_token": token, "expire": 7200}})

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        body = self.body()
        self.finance.asked.append(address.path.rsplit("/", 1)[-1])
        if dict(parse_qsl(address.query)).get("access_token") not in self.finance.tokens:
            return self.reply({"code": "310036", "message": "access_token 无效"})
        trouble = self.next_trouble()
        if trouble == "lose":
            return self.hang_up()
        if trouble == "throttle":
            return self.reply({"code": "310036", "message": "超过限流"})
        if trouble == "refuse":
            return self.reply({"code": "999", "message": "账簿期间已结账"})
        key = body["businessId"]
        assert len(key) <= 32
        assert body["resubmitCheckKey"] == key
        with self.finance.lock:
            held = [reference for reference, _ in self.finance.vouchers]
            if key not in held:
                self.finance.vouchers.append((key, body))
                held.append(key)
        if callable(trouble):
            trouble()
        if trouble == "drop":
            return self.hang_up()
        if trouble == "fail":
            return self.reply({"error": "bad gateway"}, 502)
        number = held.index(key) + 1
        data = {"voucherId": f"v{number}", "billCode": number, "voucherStatus": "01"}
        return self.reply({"code": "200", "message": "操作成功", "data": data})


@contextmanager
def serving(vendor: type[Handler]) -> Iterator[Finance]:
    """Run a fake on a free port of this machine."""
    finance = Finance()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type(vendor.__name__, (vendor,), {"finance": finance}))
    server.daemon_threads = True
    finance.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield finance
    finally:
        server.shutdown()
        server.server_close()
