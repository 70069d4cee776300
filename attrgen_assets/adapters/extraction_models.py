"""Trained extractors as folders of JSON and numpy arrays: nothing in them is executed when they are read.

    model.json       format, configuration, data hash, versions, scores, decision rule, hashes of the other files
    features.json    the names of all features
    gazetteer.json   the values seen in training: attribute, category, tokens, how often
    rows.json        the rows learned from: words with their counts, values, and the places that stand for them
    normaliser.json  how values are normalised
    words.json       words whose classes the models know
    weights.npz      the arrays
    encoder.json, encoder.safetensors   accurate tier only: fine-tuned encoders

Equal models give equal bytes: keys are sorted, and there are no times in the files.
"""

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from attrgen_assets.adapters.encoder.files import check_accurate, needs_accurate
from attrgen_assets.adapters.encoder.opinion import load_opinion
from attrgen_assets.adapters.extraction_arrays import (
    dump_arrays,
    dump_normaliser,
    dump_parts,
    dump_ranker,
    load_arrays,
    load_normaliser,
    load_parts,
    load_ranker,
)
from attrgen_assets.domain.extraction.model import FORMAT, Decision, TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.opinions import Opinion
from attrgen_assets.errors import ModelError, StorageFull

MANIFEST: Final = "model.json"
PARTS: Final = ("features", "gazetteer", "rows", "words")
FILES: Final = (*(f"{name}.json" for name in PARTS), "normaliser.json", "weights.npz")
LIBRARIES: Final = ("numpy", "python-crfsuite", "scikit-learn")
ENCODER_FILES: Final = ("encoder.json", "encoder.safetensors")
ENCODER_LIBRARIES: Final = ("torch", "transformers", "safetensors")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that holds one trained extractor."""

    path: Path

    def save(self, model: TrainedExtractor) -> None:
        """Write the model; a model that is there is replaced when the new one is complete.

        Raises:
            ModelError: the folder holds something that is not a model.
            StorageFull: the disk took no copy; the former model is intact.
        """
        if self.path.exists() and not (self.path / MANIFEST).is_file() and any(self.path.iterdir()):
            raise ModelError(f"{self.path}: holds files but no model; give an empty or new folder")
        files = _written(model)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{self.path.name}.", dir=self.path.parent))
            former = temporary.with_name(f"{temporary.name}.former")
            try:
                for name, content in files.items():
                    (temporary / name).write_bytes(content)
                temporary.chmod(0o755)  # mkdtemp gives 0700, and models are for others to read
                if self.path.exists():  # a folder with files cannot be replaced in one step: the former one steps aside
                    self.path.replace(former)
                temporary.replace(self.path)
                shutil.rmtree(former, ignore_errors=True)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        except OSError as error:
            raise StorageFull(f"{self.path}: the model cannot be written: {error.strerror}") from error

    def load(self) -> TrainedExtractor:
        """Read the model. Raises ModelError where it is missing, damaged, changed, or of another format.

        Raises MissingExtra for a model of the accurate tier without that extra.
        """
        manifest = self.manifest()
        contents = {name: self._checked(name, manifest) for name in FILES}
        try:
            arrays = load_arrays(contents["weights.npz"])
            parts = load_parts(arrays, {name: json.loads(contents[f"{name}.json"]) for name in PARTS}, manifest)
            normaliser = load_normaliser(json.loads(contents["normaliser.json"]), arrays)
            opinion = self._opinion(manifest)
            return TrainedExtractor(
                config=TrainingConfig(**manifest["config"]),
                parts=parts,
                decision=Decision(
                    threshold=float(manifest["decision"]["threshold"]),
                    ranker=load_ranker(manifest["decision"]["ranker"], arrays, encoder=opinion is not None),
                ),
                normaliser=normaliser,
                opinion=opinion,
                scores=manifest["scores"],
                data_hash=manifest["data_hash"],
                rows=manifest["rows"],
            )
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
            raise ModelError(f"{self.path}: not a model that can be read ({error!r}); train it again") from error

    def check(self) -> None:
        """Hold all files against what training wrote, without the time it takes to make a model of them.

        Raises ModelError; MissingExtra for the accurate tier's libraries.
        """
        manifest = self.manifest()
        accurate = ENCODER_FILES[0] in manifest.get("files", {})
        for name in (*FILES, *(ENCODER_FILES if accurate else ())):
            self._checked(name, manifest)
        if accurate:
            check_accurate()

    def _opinion(self, manifest: dict[str, Any]) -> Opinion | None:
        """The fine-tuned encoders of the accurate tier. Raises ModelError; MissingExtra."""
        if ENCODER_FILES[0] not in manifest["files"]:
            return None
        contents = {name: self._checked(name, manifest) for name in ENCODER_FILES}
        with needs_accurate():
            return load_opinion(contents)

    def manifest(self) -> dict[str, Any]:
        """What model.json says. Raises ModelError."""
        path = self.path / MANIFEST
        try:
            found = json.loads(path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path}: cannot be read: {error.strerror}; give a folder that training wrote") from error
        except ValueError as error:
            raise ModelError(f"{path}: not JSON ({error}); the model is damaged, train it again") from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            got = found.get("format") if isinstance(found, dict) else type(found).__name__
            raise ModelError(f"{path}: found format {got!r}, this release reads format {FORMAT}; train the model again")
        return found

    def _checked(self, name: str, manifest: dict[str, Any]) -> bytes:
        path = self.path / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{path}: cannot be read: {error.strerror}; the model is incomplete, train it again"
            ) from error
        expected = manifest.get("files", {}).get(name)
        if hashlib.sha256(content).hexdigest() != expected:
            raise ModelError(f"{path}: was changed since the model was trained; restore the file or train again")
        return content


def _written(model: TrainedExtractor) -> dict[str, bytes]:
    arrays, parts, layout = dump_parts(model.parts)
    normaliser, more = dump_normaliser(model.normaliser)
    ranker, trees = dump_ranker(model.decision.ranker, encoder=model.opinion is not None)
    files: dict[str, bytes] = {
        **{f"{name}.json": _json(parts[name]) for name in PARTS},
        "normaliser.json": _json(normaliser),
        "weights.npz": dump_arrays({**arrays, **more, **trees}),
    }
    libraries: tuple[str, ...] = (*LIBRARIES, *filter(None, [model.config.words]))
    if model.opinion is not None:
        files |= model.opinion.kept().files
        libraries += ENCODER_LIBRARIES
    manifest = {
        "format": FORMAT,
        "config": asdict(model.config),
        "decision": {"threshold": model.decision.threshold, "ranker": ranker},
        "scores": {name: round(value, 6) for name, value in model.scores.items()},
        "data_hash": model.data_hash,
        "rows": model.rows,
        "versions": {name: _version(name) for name in libraries},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        **layout,
    }
    return {**files, MANIFEST: _json(manifest, indent=1)}


def _json(content: object, *, indent: int | None = None) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent).encode() + b"\n"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def data_hash(*paths: Path) -> str:
    """SHA-256 over the bytes of files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
