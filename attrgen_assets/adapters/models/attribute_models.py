"""The models of product types on disk.

<root>/<product type>/0001-5f3a09c1/     a trained extractor, never overwritten
<root>/<product type>/0001-5f3a09c1.json what is known of it: data, scores, whether it was promoted and why
<root>/<product type>/current            the version in force; replaced as a whole
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from attrgen_assets.adapters.extraction_models import ModelFolder
from attrgen_assets.domain.extraction.model import TrainedExtractor
from attrgen_assets.errors import ModelError, NotFoundError, StorageFull, StoreUnavailable

_POINTER: Final = "current"
_VERSION: Final = re.compile(r"(\d{4,})-[0-9a-f]{8}\Z")
_HASH_SHOWN: Final = 8
_LOCK_S: Final = 60.0  # saving a model takes seconds


@dataclass(frozen=True, slots=True)
class AttributeModels:
    """Versions of models by product type."""

    root: Path

    def current(self, product_type: str) -> str | None:
        """The version in force; None where no model was promoted. Raises ModelError for a pointer that names none."""
        path = self.root / product_type / _POINTER
        try:
            version = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"{path}: cannot be read: {error}; promote a version again") from error
        if not _VERSION.match(version):
            raise ModelError(f"{path}: names no version; found {version[:80]!r}; promote a version again")
        return version

    def load(self, product_type: str, version: str) -> TrainedExtractor:
        """A kept model. Raises ModelError where it is missing, damaged, or of another format; MissingExtra."""
        return ModelFolder(self.root / product_type / version).load()

    def records(self, product_type: str) -> list[dict[str, Any]]:
        """What is known of every version, the oldest first, each with its `version`. Raises ModelError."""
        return [self.record(product_type, version) for version in self._versions(product_type)]

    def record(self, product_type: str, version: str) -> dict[str, Any]:
        """What is known of one version. Raises ModelError."""
        path = self.root / product_type / f"{version}.json"
        try:
            record = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ModelError(f"{path}: cannot be read: {error}") from error
        if not isinstance(record, dict):
            raise ModelError(f"{path}: found {type(record).__name__}; need a record as training writes it")
        return {"version": version, **record}

    def trust(self, product_type: str, version: str) -> dict[str, float]:
        """By attribute, how far a version's values can be trusted, 0-1, as its record has it. Raises ModelError."""
        attributes = (self.record(product_type, version).get("score") or {}).get("attributes") or {}
        return {name: float(figures["trust"]) for name, figures in attributes.items() if "trust" in figures}

    def add(self, product_type: str, model: TrainedExtractor, record: Mapping[str, Any]) -> str:
        """Keep a model and its record under a new version.

        Raises: StorageFull where the disk took no copy; StoreUnavailable where another process is saving for too long.
        """
        folder = self.root / product_type
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".lock", timeout=_LOCK_S):
                names = [path.name.removesuffix(".json") for path in folder.iterdir()]
                last = max((int(name.partition("-")[0]) for name in names if _VERSION.match(name)), default=0)
                version = f"{last + 1:04d}-{(model.data_hash or '0' * _HASH_SHOWN)[:_HASH_SHOWN]}"
                # The record first: killed in between, there is a record without a model, which is no version.
                _replace(folder / f"{version}.json", json.dumps({"version": version, **record}, indent=1) + "\n")
                ModelFolder(folder / version).save(model)
        except Timeout as error:
            raise StoreUnavailable(f"{folder}: another process has been saving a model for {_LOCK_S:.0f} s") from error
        except OSError as error:
            raise StorageFull(f"{folder}: the model cannot be kept: {error.strerror}") from error
        return version

    def promote(self, product_type: str, version: str) -> None:
        """Put a kept version in force. Raises NotFoundError, or StorageFull; the former one is then still in force."""
        known = self._versions(product_type)
        if version not in known:
            listed = ", ".join(known) or "none"
            raise NotFoundError(f"{product_type} has no model {version!r}; there are {listed}")
        path = self.root / product_type / _POINTER
        try:
            _replace(path, version + "\n")
        except OSError as error:
            raise StorageFull(f"{path}: cannot be written: {error.strerror}") from error

    def _versions(self, product_type: str) -> list[str]:
        folder = self.root / product_type
        if not folder.is_dir():
            return []
        found = [path.name for path in folder.iterdir() if path.is_dir() and _VERSION.match(path.name)]
        return sorted(found, key=lambda version: (int(version.partition("-")[0]), version))


def _replace(path: Path, text: str) -> None:
    """Write a file so that readers see the former content or the new one."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp gives 0600, and these are for others to read
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
