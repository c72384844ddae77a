"""The bridge in memory, shared by the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.bridge.harness import Harness
from tests.tryton.installation import Installation


@pytest.fixture(scope="session")
def harness_of_session(sqlite_home: Installation) -> Harness:
    return Harness(sqlite_home)


@pytest.fixture
def harness(harness_of_session: Harness) -> Iterator[Harness]:
    harness_of_session.clear()
    yield harness_of_session
    harness_of_session.clear()
