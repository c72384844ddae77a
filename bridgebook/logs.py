"""The log of the commands: one JSON object per line in <home>/logs/bridgebook.log."""

import logging
import os
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bridgebook.home import Home

NAME = "bridgebook"
MEGABYTES = 10
KEPT = 10


def start_log(home: Home, command: str) -> None:
    """Write what happens from now on to the log of `home`, with the command and process in every line."""
    import structlog

    home.logs.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        home.logs / f"{NAME}.log", maxBytes=MEGABYTES * 1024**2, backupCount=KEPT, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger(NAME)
    for old in logger.handlers[:]:
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(command=command, pid=os.getpid())


def log_event(event: str, **facts: object) -> None:
    """Write one event with its facts; never give it a secret."""
    import structlog

    if structlog.is_configured():
        structlog.get_logger(NAME).info(event, **facts)


def log_failure(root: Path, error: BaseException) -> Path:
    """Write an error that nobody expected with its trace; return the log file."""
    import structlog

    home = Home(root)
    logging.raiseExceptions = False  # a full disk must not turn one failure into two
    with suppress(OSError):
        if root.is_dir():
            start_log(home, "failure")
            structlog.get_logger(NAME).error("unexpected", exc_info=error)
    return home.logs / f"{NAME}.log"
