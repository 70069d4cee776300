"""How much of a config file is read, and the error with which reading stops."""

from typing import Final

from attrgen_assets.errors import Problem

MAX_BYTES: Final = 1_000_000  # the largest shipped file has 20 kB
MAX_DEPTH: Final = 24  # the format needs eight
MAX_CHAIN: Final = 50  # files that one file extends, directly or through others


class UnreadableFileError(Exception):
    """This file cannot be read any further; never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))
