"""The demo group 恒远集团.

Three companies whose SAP and Yonyou U8 disagree in known ways, as real vendor schemas.
"""

from bridgebook.demo.group.books import (
    STATE,
    GroupBooks,
    database_names,
    sources_of,
    sources_toml,
    write_group,
    write_group_to,
)
from bridgebook.demo.group.life import Tick, tick
from bridgebook.demo.group.tax_pool import TAX_POOL
from bridgebook.demo.group.timeline import AS_OF

__all__ = [
    "AS_OF", "STATE", "TAX_POOL", "GroupBooks", "Tick", "database_names", "sources_of", "sources_toml",
    "tick", "write_group", "write_group_to",
]  # fmt: skip
