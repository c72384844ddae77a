"""The server as a browser meets it: headers, doors that stay shut, nothing written outside, a walk down."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboards.errors import PortTaken
from dashboards.serve import serve
from tests.dashboards.published import publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
START = "import sys; from pathlib import Path; from dashboards.serve import serve; "
START += "serve(Path(sys.argv[1]), int(sys.argv[2]), 'zh', True)"


@dataclass(frozen=True)
class Served:
    """A running server and the folders it might write to."""

    address: str
    home: Path
    outside: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a home from an empty working folder, as a user without any other file."""
    folder = tmp_path_factory.mktemp("served")
    home, outside = folder / "home", folder / "user"
    outside.mkdir()
    publish(home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "HOME": str(outside), "TMPDIR": str(outside), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(home), str(port)],
        cwd=outside,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield Served(address, home, outside)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the server ended: {process.communicate()[1].decode()[-2000:]}")
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server did not answer within a minute")


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read(),
            )
    except urllib.error.HTTPError as refusal:
        return refusal.code, {name.lower(): value for name, value in refusal.headers.items()}, refusal.read()


def test_health_names_the_snapshot(served: Served) -> None:
    status, _, body = fetch(f"{served.address}/healthz")
    assert (status, body) == (200, b'{"status":"ok","snapshot":"20250701T000000000Z"}')


def test_every_answer_carries_the_security_headers(served: Served) -> None:
    for path in ("/", "/healthz", "/_stcore/health", "/_stcore/host-config"):
        status, headers, _ = fetch(served.address + path)
        assert status == 200
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_inner_pages_and_foreign_names_are_not_found(served: Served) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/upload_file/x/y"):
        assert fetch(served.address + path)[0] == 404
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""):
        assert fetch(f"{served.address}/", Host=host)[0] == 404
    _, _, body = fetch(f"{served.address}/_stcore/host-config")
    assert b"streamlit.app" not in body


def test_only_this_machine_can_connect(served: Served) -> None:
    port = int(served.address.rsplit(":", 1)[1])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {
        "127.0.0.1"
    }
    for other in others:
        with socket.socket() as attempt:
            attempt.settimeout(2)
            assert attempt.connect_ex((str(other), port)) != 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium; without it the test says so, or fails where everything is required."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed: pip install -e '.[dev]'"
    else:
        missing = "" if CHROMIUM else "no Chromium on this machine: install the package chromium"
    if missing:
        if os.environ.get("BRIDGEBOOK_REQUIRE_SERVICES") == "1":
            pytest.fail(f"a browser is required (BRIDGEBOOK_REQUIRE_SERVICES=1), but {missing}")
        pytest.skip(missing)
    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        started = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


def test_a_person_walks_from_the_trial_balance_to_a_voucher(served: Served, browser: Any) -> None:
    requests: list[str] = []
    problems: list[str] = []
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{served.address}/")
    page.get_by_role("heading", name="总览").wait_for(timeout=60_000)
    page.get_by_text("货币资金").first.wait_for(timeout=60_000)
    page.get_by_role("link", name="总账").click()
    for name in ("account", "voucher"):
        _click_first_row(page)
        page.wait_for_url(f"**{name}=**", timeout=60_000)
        page.get_by_test_id("stMetric" if name == "account" else "stCaptionContainer").first.wait_for(
            timeout=60_000
        )
    page.get_by_text("制单").first.wait_for(timeout=60_000)
    # The rows of the page before stand until the new page is written; its button would hand over their file.
    page.locator("[data-test-script-state='notRunning']").first.wait_for(timeout=60_000)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="导出 Excel").first.click()
    assert download.value.suggested_filename.startswith("voucher")
    foreign = [
        url
        for url in requests
        if not url.startswith((served.address, served.address.replace("http", "ws"), "data:", "blob:"))
    ]
    assert foreign == []
    assert [text for text in problems if "Content Security Policy" in text] == []
    page.close()


def _click_first_row(page: Any) -> None:
    grid = page.get_by_test_id("stDataFrameResizable").first
    grid.wait_for(timeout=60_000)
    page.wait_for_timeout(2_500)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 48)


def test_nothing_was_written_outside_the_home(served: Served) -> None:
    fetch(f"{served.address}/")
    assert sorted(path.name for path in served.outside.rglob("*")) == []


def test_a_taken_port_is_told_in_a_sentence(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refusal:
            serve(home, port, "en", True)
    assert str(port) in refusal.value.sentence("en")
    assert "--port" in refusal.value.sentence("zh")


def test_the_first_page_is_found_by_its_name(served: Served) -> None:
    with urllib.request.urlopen(f"{served.address}/overview?period=2026-10", timeout=10) as answer:
        assert answer.url == f"{served.address}/?period=2026-10"
        assert answer.status == 200
