"""How tests call the command line: as a user does, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ATTRGEN = (sys.executable, "-c", "import sys; from attrgen_assets.cli import main; sys.exit(main())")


def attrgen(
    *words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str = "", timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `attrgen WORDS` and wait for it; what it wrote is in `stdout` and `stderr`."""
    return subprocess.run(
        [*ATTRGEN, *words],
        cwd=cwd,
        env=environment(env),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of attrgen, wide enough that help texts do not wrap at random."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ATTRGEN_", "MONGODB_", "REDIS_"))
    }
    return {**kept, "PYTHONPATH": str(PROJECT), "COLUMNS": "120", "NO_COLOR": "1", **(extra or {})}
