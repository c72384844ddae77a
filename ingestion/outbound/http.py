"""Ask a target over HTTP so that it is always known whether a question may have arrived."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from ingestion.errors import AnswerLost, LoginRefused, RequestRefused, TargetThrottled, TargetUnreachable

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; nobody answers more about vouchers


@dataclass(frozen=True)
class Reply:
    """What the target answered with HTTP 200: its JSON, and the cookies it set."""

    content: Any
    cookies: Mapping[str, str]


class Http:
    """Holds the address of a target; one connection per question, no redirect is followed."""

    def __init__(self, target: str, url: str, timeout_seconds: float) -> None:
        self._target = target
        self._address = urlsplit(url)
        self._timeout = timeout_seconds

    @property
    def path(self) -> str:
        """Return the path of the address without its last slash."""
        return self._address.path.rstrip("/")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask without a body."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, content: object, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask with JSON in which every amount is written exactly."""
        return self._ask("POST", path, exact_json(content).encode(), headers or {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        connection = self._connect()
        try:
            sent = {"Content-Type": "application/json;charset=utf-8", "Accept": "application/json", **headers}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            raw = answer.read(LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise AnswerLost(target=self._target, detail=_told(error)) from None
        finally:
            connection.close()
        words = raw.decode("utf-8", errors="replace")
        self._refuse_unless_good(answer, words)
        try:
            content = json.loads(words, parse_float=Decimal)
        except ValueError:
            detail = " ".join(words[:200].split()) or "-"
            raise AnswerLost(target=self._target, detail=detail) from None
        return Reply(content, _cookies(answer))

    def _connect(self) -> http.client.HTTPConnection:
        """Connect first and by itself: what fails here has certainly not arrived."""
        host, port = self._address.hostname or "", self._address.port
        connection: http.client.HTTPConnection
        if self._address.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        try:
            connection.connect()
        except OSError as error:
            raise TargetUnreachable(target=self._target, address=host, detail=_told(error)) from None
        return connection

    def _refuse_unless_good(self, answer: http.client.HTTPResponse, words: str) -> None:
        detail = f"HTTP {answer.status}: {' '.join(words[:200].split())}"
        if answer.status in (429, 503):
            raise TargetThrottled(
                target=self._target, detail=detail, retry_after=_seconds(answer.getheader("Retry-After"))
            )
        if answer.status in (401, 403):
            raise LoginRefused(target=self._target, detail=detail)
        if answer.status >= 500:
            raise AnswerLost(target=self._target, detail=detail)
        if answer.status != 200:
            raise RequestRefused(target=self._target, detail=detail)


def exact_json(value: object) -> str:
    """Return JSON in which a Decimal stands with all its digits, which the standard writer cannot do."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        parts = (
            f"{json.dumps(str(key), ensure_ascii=False)}:{exact_json(each)}" for key, each in value.items()
        )
        return "{" + ",".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(exact_json(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    found = {}
    for line in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = line.split(";")[0].partition("=")
        found[name.strip()] = value.strip()
    return found


def _seconds(written: str | None) -> float | None:
    return float(written) if written and written.strip().isdigit() else None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
