"""Parts of a model as JSON values and numpy arrays, and back."""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.crf import CrfWeights
from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.normalise.classes import ClassModel
from attrgen_assets.domain.extraction.normalise.learned import AttributeNormaliser, Normaliser
from attrgen_assets.domain.extraction.ranking import ENCODER_FEATURES, FEATURES, Ranker
from attrgen_assets.domain.extraction.similar_rows import LabelledRow, TextPlace
from attrgen_assets.domain.extraction.training import Parts
from attrgen_assets.domain.extraction.trees import DEPTH, Trees
from attrgen_assets.domain.extraction.word_classes import GRAINS, WordClasses

Arrays = dict[str, NDArray[Any]]
_ARRAYS: Final = ("feature_ids", "label_ids", "values", "transitions")
_TREE_ARRAYS: Final = ("features", "thresholds", "values")
_CLASS_ARRAYS: Final = ("idf", "weights", "offsets")


def dump_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """An .npz file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            # A ZipInfo made by hand has a fixed date; one made by numpy.savez could change with numpy.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def load_arrays(content: bytes) -> Arrays:
    """The arrays of an .npz file; pickled objects are refused. Raises ValueError."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise ValueError(f"weights.npz: {error}") from error


def dump_parts(parts: Parts) -> tuple[Arrays, dict[str, Any], dict[str, Any]]:
    """Arrays, JSON values by name - features, values seen, rows, words - and the layout for the manifest.

    Models share one list of features, so that a feature's name is kept once.
    """
    models = {f"pooled {name}": model for name, model in parts.pooled.items()}
    models |= {f"joint {name}": model for name, model in parts.joint.items()}
    features = sorted({feature for model in models.values() for feature in model.features})
    numbers = {feature: at for at, feature in enumerate(features)}
    arrays: Arrays = {}
    order = sorted(models)
    for at, name in enumerate(order):
        model = models[name]
        shared = np.array([numbers[feature] for feature in model.features], dtype=np.int32)
        arrays[f"{at}.feature_ids"] = shared[model.feature_ids] if len(shared) else model.feature_ids
        arrays[f"{at}.label_ids"] = model.label_ids
        arrays[f"{at}.values"] = model.values
        arrays[f"{at}.transitions"] = model.transitions
    layout = {"attributes": parts.attributes, "models": [[name, list(models[name].attributes)] for name in order]}
    arrays["words"] = parts.classes.numbers
    contents = {
        "features": features,
        "gazetteer": dump_mentions(parts.mentions),
        "rows": dump_rows(parts.rows),
        "words": {"words": list(parts.classes.words), "names": [list(names) for names in parts.classes.names]},
    }
    return arrays, contents, layout


def dump_mentions(mentions: Sequence[Mention]) -> list[list[Any]]:
    """Attribute, category and tokens of values seen, and how many groups of rows state each, as JSON values."""
    counted = Counter((m.attribute, m.category, m.entry) for m in mentions)
    return [[attribute, category, list(entry), n] for (attribute, category, entry), n in sorted(counted.items())]


def load_mentions(gazetteer: Sequence[Sequence[Any]]) -> list[Mention]:
    """What `dump_mentions` took apart; groups have other names. Raises TypeError or ValueError for anything else."""
    return [
        Mention(str(number), category, attribute, tuple(entry))
        for attribute, category, entry, count in gazetteer
        for number in range(count)
    ]


def dump_rows(rows: Sequence[LabelledRow]) -> list[dict[str, Any]]:
    """Rows that were learned from as JSON values, in their order: of equally similar ones, the first counts."""
    return [
        {
            "category": row.category,
            "words": dict(row.words),
            "values": {name: list(found) for name, found in row.values.items()},
            "places": {name: [list(place) for place in found] for name, found in row.places.items()},
        }
        for row in rows
    ]


def _load_classes(found: Mapping[str, Any], numbers: NDArray[Any]) -> WordClasses:
    words, names = tuple(found["words"]), tuple(map(tuple, found["names"]))
    if numbers.shape != (len(words), len(GRAINS)) or numbers.dtype.kind != "i" or len(names) != len(GRAINS):
        raise ValueError(f"the classes of {len(words)} words are an array {numbers.shape} of {numbers.dtype}")
    if words and (numbers.min() < 0 or (numbers.max(axis=0) >= [len(named) for named in names]).any()):
        raise ValueError("a class of words has no name")
    return WordClasses(words, numbers, names)


def load_rows(entries: list[dict[str, Any]]) -> list[LabelledRow]:
    """What `dump_rows` took apart. Raises KeyError, TypeError or ValueError for anything else."""
    return [
        LabelledRow(
            entry["category"],
            {word: int(count) for word, count in entry["words"].items()},
            {name: tuple(found) for name, found in entry["values"].items()},
            {name: tuple(TextPlace(*place) for place in found) for name, found in entry["places"].items()},
        )
        for entry in entries
    ]


def load_parts(arrays: Arrays, contents: Mapping[str, Any], layout: Mapping[str, Any]) -> Parts:
    """What `dump_parts` took apart.

    Raises ValueError, KeyError, TypeError or IndexError for anything else.
    """
    pooled: dict[str, CrfWeights] = {}
    joint: dict[str, CrfWeights] = {}
    for at, (name, attributes) in enumerate(layout["models"]):
        kind, _, key = name.partition(" ")
        ids, labels, values, transitions = (arrays[f"{at}.{part}"] for part in _ARRAYS)
        size = 2 * len(attributes) + 1
        if transitions.shape != (size, size) or not len(ids) == len(labels) == len(values):
            raise ValueError(f"the arrays of model {name!r} do not fit each other")
        used, local = np.unique(ids, return_inverse=True)
        names = tuple(contents["features"][number] for number in used)
        weights = CrfWeights(tuple(attributes), names, local.astype(np.int32), labels, values, transitions)
        (pooled if kind == "pooled" else joint)[key] = weights
    attributes = {name: list(found) for name, found in layout["attributes"].items()}
    mentions, rows = load_mentions(contents["gazetteer"]), load_rows(contents["rows"])
    return Parts(attributes, pooled, joint, mentions, rows, _load_classes(contents["words"], arrays["words"]))


def dump_ranker(ranker: Ranker | None, *, encoder: bool) -> tuple[dict[str, Any] | None, Arrays]:
    """The ranker as JSON values for the manifest, and the arrays of its trees."""
    if ranker is None:
        return None, {}
    priors = [[category, attribute, *prior] for (category, attribute), prior in sorted(ranker.priors.items())]
    arrays = {f"trees.{name}": getattr(ranker.trees, name) for name in _TREE_ARRAYS}
    return {"start": ranker.trees.start, "features": _ranker_features(encoder=encoder), "priors": priors}, arrays


def _ranker_features(*, encoder: bool) -> list[str]:
    return [*FEATURES[:-2], *(ENCODER_FEATURES if encoder else ()), *FEATURES[-2:]]


def load_ranker(entry: dict[str, Any] | None, arrays: Arrays, *, encoder: bool) -> Ranker | None:
    """What `dump_ranker` took apart. Raises ValueError, KeyError or TypeError for anything else."""
    if entry is None:
        return None
    if entry["features"] != (names := _ranker_features(encoder=encoder)):
        raise ValueError("the ranker was trained on other features")
    features, thresholds, values = (arrays[f"trees.{name}"] for name in _TREE_ARRAYS)
    inner = (len(values), 2**DEPTH - 1)
    if features.shape != inner or thresholds.shape != inner or values.shape != (len(values), 2**DEPTH):
        raise ValueError("the arrays of the ranker's trees do not fit each other")
    if features.size and not 0 <= features.min() <= features.max() < len(names):
        raise ValueError("the ranker's trees ask for features that there are not")
    priors = {(category, attribute): (float(one), float(two)) for category, attribute, one, two in entry["priors"]}
    return Ranker(Trees(features, thresholds, values, float(entry["start"])), priors)


def dump_normaliser(normaliser: Normaliser | None) -> tuple[list[dict[str, Any]] | None, Arrays]:
    """The normaliser as JSON values, and the arrays of its classifiers."""
    if normaliser is None:
        return None, {}
    entries: list[dict[str, Any]] = []
    arrays: Arrays = {}
    for at, ((category, attribute), found) in enumerate(sorted(normaliser.by_attribute.items())):
        entry: dict[str, Any] = {
            "category": category,
            "attribute": attribute,
            "method": found.method,
            "accuracy": round(found.accuracy, 6),
            "known": dict(found.known),
            "expansions": dict(found.expansions),
        }
        for kind, model in (("classes", found.classes), ("context", found.context)):
            if model is not None:
                entry[kind] = {
                    "classes": list(model.classes),
                    "terms": list(model.terms),
                    "whole_texts": model.whole_texts,
                }
                arrays |= {f"{kind} {at}.{name}": getattr(model, name) for name in _CLASS_ARRAYS}
        entries.append(entry)
    return entries, arrays


def load_normaliser(entries: list[dict[str, Any]] | None, arrays: Arrays) -> Normaliser | None:
    """What `dump_normaliser` took apart. Raises ValueError, KeyError or TypeError for anything else."""
    if entries is None:
        return None
    result = {}
    for at, entry in enumerate(entries):
        classes, context = (_class_model(entry.get(kind), arrays, f"{kind} {at}") for kind in ("classes", "context"))
        result[entry["category"], entry["attribute"]] = AttributeNormaliser(
            entry["method"], entry["accuracy"], entry["known"], entry["expansions"], classes, context
        )
    return Normaliser(result)


def _class_model(entry: dict[str, Any] | None, arrays: Arrays, prefix: str) -> ClassModel | None:
    if entry is None:
        return None
    idf, weights, offsets = (arrays[f"{prefix}.{name}"] for name in _CLASS_ARRAYS)
    return ClassModel(tuple(entry["classes"]), tuple(entry["terms"]), idf, weights, offsets, bool(entry["whole_texts"]))
