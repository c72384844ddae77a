"""x"""
from dashboards.reader import Reader
def show(reader: Reader) -> None:
    """Draw."""
