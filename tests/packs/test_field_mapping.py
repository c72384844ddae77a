"""The packs' field mapping in a home: traced through the very SQL that dbt compiled, and landed as a mart."""

import pytest

from tests.mapping.conftest import traced
from tests.mapping.test_compiled import differing
from tests.tryton.installation import Installation


@pytest.mark.parametrize("system", ["sap", "u8"])
def test_models_are_compiled_as_dbt_does(group: Installation, system: str) -> None:
    compared, different = differing(group.folder, system)
    assert compared > 40
    assert different == []


def test_the_mart_has_the_mapping_of_both_systems(group: Installation) -> None:
    told = group.query("select system, count(*) from field_mappings group by system order by system")
    assert told == [(system, len(traced(system))) for system in ("sap", "u8")]
    (net,) = group.query(
        "select vendor_table, vendor_column, kind from field_mappings "
        "where system = 'sap' and entity = 'purchase_orders' and canonical_column = 'net_amount' "
        "and usage = 'value'"
    )
    assert net == ("EKPO", "NETWR", "derived")
