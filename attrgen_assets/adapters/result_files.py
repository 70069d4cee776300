"""Result files of measurements, `<bench>.json` in a folder; their format is `domain.reporting.results`."""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import ValidationError

from attrgen_assets.domain.reporting.results import Result, result_json
from attrgen_assets.errors import Problem, ResultError

_CHUNK_BYTES = 1 << 20


def check_result_name(path: Path, bench: str) -> None:
    """Refuse a file that is not called after its bench; for use before anything is measured. Raises: ResultError."""
    if path.name != f"{bench}.json":
        raise ResultError(f"{path}: the file of bench {bench!r} must be called {bench}.json")


def write_result(path: Path, result: Result) -> None:
    """Write a result; its folder is made where it is missing.

    Raises: ResultError for a file that is not called after its bench, or cannot be written.
    """
    check_result_name(path, result.bench)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(result_json(result), encoding="utf-8")
    except OSError as error:
        raise ResultError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_results(folder: Path) -> list[Result]:
    """All results of a folder, by the names of their files.

    Raises: ResultError for a folder without results, and for all invalid files at once.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ResultError(f"{folder}: no result files (*.json); `attrgen bench ... --result FILE` writes them")
    results: list[Result] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            result = Result.model_validate_json(path.read_bytes())
        except ValidationError as error:
            problems += [_problem(path, found["loc"], found["msg"]) for found in error.errors()]
            continue
        except OSError as error:
            raise ResultError(f"{path}: cannot be read: {error.strerror or error}") from error
        if path.name != f"{result.bench}.json":
            problems.append(Problem(path.name, None, "bench", f"the file must be called {result.bench}.json"))
        results.append(result)
    if problems:
        raise ResultError("\n".join([f"{folder}: not every file is a result", *map(str, problems)]))
    return results


def _problem(path: Path, location: Sequence[str | int], message: str) -> Problem:
    return Problem(path.name, None, ".".join(map(str, location)), message)


def files_sha256(paths: Iterable[Path], *, relative_to: Path) -> dict[str, str]:
    """{name below `relative_to`: SHA-256 of the bytes, hexadecimal}, by name.

    Raises: ResultError for a file that cannot be read.
    """
    hashes = {}
    for path in sorted(set(paths)):
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise ResultError(f"{path}: cannot be read: {error.strerror or error}") from error
        hashes[path.relative_to(relative_to).as_posix()] = digest.hexdigest()
    return hashes


def versions_of(*packages: str) -> dict[str, str]:
    """{package: installed version}, without those that are not installed."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
