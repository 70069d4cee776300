"""Import every module of the package under watch and print what was done on the way (a program, not a test).

stdin: JSON [modules of others, modules of ours].  stdout: JSON list of [event, argument, place].
"""

import importlib
import json
import os
import sys
from types import FrameType
from typing import Any

OURS = f"{os.sep}attrgen_assets{os.sep}"
THEIRS = f"{os.sep}site-packages{os.sep}"
ACTS = ("socket.", "subprocess.", "shutil.", "tempfile.", "sqlite3.", "urllib.", "os.")
HARMLESS = {"os.listdir", "os.scandir"}  # how the import system finds modules

seen: list[tuple[str, str, str]] = []


def _caller() -> str | None:
    """The innermost frame that is neither of this file nor of the standard library, as file:line.

    Frames are walked by hand: the traceback module reads source files, and so would call the hook again.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name != __file__ and (OURS in name or THEIRS in name or "importlib" in name):
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def _note(event: str, argument: Any, *, direct: bool) -> None:
    """Note an event; a `direct` one counts only where our own code did it, not what it imports or calls."""
    caller = _caller()
    if caller is not None and (OURS in caller or not direct):
        seen.append((event, str(argument)[:200], caller))


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        _note(event, arguments[0], direct=not flags & (os.O_WRONLY | os.O_RDWR))
    elif event.startswith(ACTS) and event not in HARMLESS:
        _note(event, arguments[:1], direct=False)


class _Environment(dict[str, str]):
    def __getitem__(self, key: str) -> str:
        _note("environment", key, direct=True)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        _note("environment", key, direct=True)
        return super().get(key, default)


def main() -> None:
    """Import theirs unwatched, then ours under watch."""
    theirs, ours = json.loads(sys.stdin.read())
    for name in theirs:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"not installed: {error}", file=sys.stderr)  # noqa: T201 - optional extras
    sys.addaudithook(_hook)
    os.environ = _Environment(os.environ)  # type: ignore[assignment]  # noqa: B003 - it stands in for the real one
    for name in ours:
        importlib.import_module(name)
    print(json.dumps(list(seen)))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
