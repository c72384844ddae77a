"""The anchor of the voucher chain for reports: number and hash of the newest voucher at this moment."""

from pathlib import Path

from bridgebook.errors import BridgebookError


def newest_anchor(home: Path) -> str | None:
    """Return the anchor of a home's book store, empty without vouchers; None if it does not answer.

    A report is never refused because the book store does not answer: it then says so.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from bridgebook.books.posting import last_posted
    from bridgebook.books.store import FILE, reading
    from bridgebook.records import open_books
    from bridgebook.settings import load

    try:
        settings = load(home)
        if settings.books.url is None and not (settings.home.books / FILE).is_file():
            return ""
        with reading(open_books(settings)) as connection:
            number, seal = last_posted(connection)
    except (BridgebookError, SQLAlchemyError):
        return None
    return f"{number}:{seal}" if number else ""
