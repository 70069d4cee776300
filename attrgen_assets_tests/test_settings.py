"""What the environment is told."""

import pytest

from attrgen_assets.settings import child_environment, tell_libraries

NAME = "ATTRGEN_TEST_OF_LIBRARIES"


def test_libraries_here_and_in_children_are_told_what_nobody_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "7")
    tell_libraries({NAME: "64"})
    assert child_environment({})[NAME] == "7"
    monkeypatch.delenv(NAME)
    tell_libraries({NAME: "64"})
    assert child_environment({})[NAME] == "64"
