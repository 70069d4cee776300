"""Run a command line and print which modules that only training needs were imported (a program, not a test)."""

import json
import sys

from attrgen_assets.cli import main

if __name__ == "__main__":
    code = main(sys.argv[1:])
    found = [name for name in ("sklearn", "pycrfsuite", "scipy") if name in sys.modules]
    print(json.dumps([code, found]))  # noqa: T201 - the answer
