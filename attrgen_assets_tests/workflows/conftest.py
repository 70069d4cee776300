"""Fixtures for tests of workflows."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets_tests.workflows.parts_pipeline import Parts


@pytest.fixture
def parts(tmp_path: Path, mongo_store: MongoStore) -> Parts:
    """The steps of parts over a folder and a database of the test's own."""
    return Parts(folder=tmp_path, store=mongo_store)
