"""Fixtures for tests of the graph."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from attrgen_assets_tests.defs.installation import Installation, installation


@pytest.fixture
def shop(tmp_path: Path, mongo_uri: str, redis_url: str, mongo_database_name: str) -> Iterator[Installation]:
    """An installation of one product type on the session's servers, with a database of its own."""
    with installation(tmp_path, mongodb_uri=mongo_uri, redis_url=redis_url, database=mongo_database_name) as made:
        yield made
