"""Serve the dashboards of one home on 127.0.0.1, with security headers and nothing written outside."""

from __future__ import annotations

import contextlib
import logging
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.errors import NoSnapshot, PortTaken
from dashboards.house import House, open_house
from dashboards.texts import Language, as_language, text

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "127.0.0.1"
PORT = 8501
FONT = (
    "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, system-ui, sans-serif"
)
HOSTS = ("127.0.0.1", "localhost", "[::1]")
HEADERS: tuple[tuple[str, str], ...] = (
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ("cross-origin-opener-policy", "same-origin"),
)
HIDDEN = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/upload_file")


def configuration(port: int, *, headless: bool) -> dict[str, object]:
    """Every Streamlit option that the house decides; none comes from a file."""
    return {
        "server.address": ADDRESS,
        "server.port": port,
        "server.headless": headless,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.maxUploadSize": 1,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": ADDRESS,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "client.allowedOrigins": [],
        "global.developmentMode": False,
        "theme.base": "light",
        "theme.font": FONT,
        "theme.headingFont": FONT,
        "theme.primaryColor": "#37474f",
        "theme.textColor": "#263238",
        "theme.baseRadius": "small",
        "theme.dataframeHeaderBackgroundColor": "#eceff1",
        "theme.headingFontSizes": ["1.7rem", "1.35rem", "1.15rem", "1rem", "0.9rem", "0.85rem"],
    }


def serve(home: Path, port: int = PORT, language: Language = "zh", headless: bool = False) -> None:
    """Serve until interrupted: http://127.0.0.1:<port>/ and /healthz."""
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.routing import Route
    from streamlit import config

    _require_free(port)
    house = open_house(home, language=language)
    # The secret signs cookies of this run only; App.run refuses sensitive options, so it is set here.
    config.set_option("server.cookieSecret", secrets.token_hex(32))
    app = st.App(
        Path(__file__).with_name("app.py"),
        routes=[Route("/healthz", _healthz(house)), Route("/overview", _first_page)],
        middleware=[Middleware(Guard)],
        on_script_error=partial(_tell, house),
    )
    argv, sys.argv = sys.argv, [str(Path(__file__))]
    try:
        app.run(config=configuration(port, headless=headless))
    finally:
        sys.argv = argv
        house.warehouse.close()


def _require_free(port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((ADDRESS, port))
        except OSError:
            raise PortTaken(port=str(port)) from None


def _tell(house: House, error: Exception) -> bool:
    """A page that fails says so in a sentence; what happened stands in the log."""
    import streamlit as st

    logging.getLogger(__name__).error("a page failed", exc_info=error)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    language = as_language(st.session_state.get("language", house.language))
    st.error(text("error.unexpected", language, moment=moment))
    return True


def _healthz(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def healthz(_: Request) -> Response:
        from starlette.responses import JSONResponse

        version: str | None = None
        with contextlib.suppress(NoSnapshot):
            version = house.warehouse.current_path().stem.removeprefix("marts-")
        return JSONResponse({"status": "ok", "snapshot": version})

    return healthz


async def _first_page(request: Request) -> Response:
    """The first page lives at the root; its name leads there too, with whatever was asked of it."""
    from starlette.responses import RedirectResponse

    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


class Guard:
    """Answer only to this machine's names, hide Streamlit's inner pages, and add security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not _is_ours(scope):
            await _refuse(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = {name.lower() for name, _ in message.get("headers", [])}
                added = [
                    (name.encode(), value.encode()) for name, value in HEADERS if name.encode() not in named
                ]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_ours(scope: Scope) -> bool:
    """A foreign Host means that a page made a browser come here under another name (DNS rebinding)."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name in HOSTS and not str(scope["path"]).startswith(HIDDEN)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import PlainTextResponse
    from starlette.websockets import WebSocketClose

    if scope["type"] == "websocket":
        await WebSocketClose(code=1008)(scope, receive, send)
    else:
        await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
