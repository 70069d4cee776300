"""Predictions as JSON lines, by several processes that have a copy of the model each."""

import gc
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from attrgen_assets.adapters.encoder.opinion import use_one_thread
from attrgen_assets.adapters.extraction_models import ModelFolder
from attrgen_assets.adapters.processes import process_pool
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.model import BATCH_ROWS, Prediction, Predictor

ENOUGH_ROWS: Final = 2 * BATCH_ROWS  # for fewer, one process is done before others have loaded the model


def predicted_lines(
    folder: Path, products: Iterable[LabelledProduct], *, details: bool, workers: int | None = None
) -> Iterator[str]:
    """One JSON object for each product, in order: its number, its answers and, if wanted, where they stand.

    At most `workers` (default: the cores there are) processes share the work. Raises ModelError.
    """
    model, rows = ModelFolder(folder), iter(products)
    model.manifest()  # a folder that holds no model is told of before anything else
    first = list(islice(rows, ENOUGH_ROWS))
    count = workers or os.cpu_count() or 1
    if count == 1 or len(first) < ENOUGH_ROWS:
        predictor, start = Predictor(model.load()), 0
        for batch in _batches(first, rows):
            yield from _lines(predictor, batch, start, details)
            start += len(batch)
        return
    model.check()  # an error is told at once, and by this process
    yield from _shared(folder, _batches(first, rows), details, count)


def _shared(folder: Path, batches: Iterable[list[LabelledProduct]], details: bool, workers: int) -> Iterator[str]:
    with process_pool(workers) as pool:
        waiting: deque[Future[list[str]]] = deque()
        start = 0
        for batch in batches:
            plain = [LabelledProduct(category=product.category, texts=dict(product.texts)) for product in batch]
            waiting.append(pool.submit(_work, str(folder), plain, start, details))
            start += len(batch)
            if len(waiting) > 2 * workers:  # enough to keep all busy without reading the whole file ahead
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _batches(first: Sequence[LabelledProduct], rows: Iterator[LabelledProduct]) -> Iterator[list[LabelledProduct]]:
    for at in range(0, len(first), BATCH_ROWS):
        yield list(first[at : at + BATCH_ROWS])
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch


@lru_cache(maxsize=1)
def _predictor(folder: str) -> Predictor:
    """The model of a worker process."""
    model = ModelFolder(Path(folder)).load()
    if model.opinion is not None:
        use_one_thread()
    gc.freeze()  # the model lives as long as the process
    return Predictor(model)


def _work(folder: str, batch: list[LabelledProduct], start: int, details: bool) -> list[str]:
    return list(_lines(_predictor(folder), batch, start, details))


@contextmanager
def _without_collections() -> Iterator[None]:
    """Prediction makes many lists and no cycles: looking for cycles all the time took a fifth of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _lines(predictor: Predictor, batch: Sequence[LabelledProduct], start: int, details: bool) -> Iterator[str]:
    with _without_collections():
        found = predictor.predict(batch)
    for index, row in enumerate(found, start=start):
        line: dict[str, Any] = {"index": index, "predictions": {name: found.value for name, found in row.items()}}
        if details:
            line["details"] = {name: _detail(found) for name, found in row.items() if found.candidates}
        yield json.dumps(line, ensure_ascii=False)


def _detail(found: Prediction) -> dict[str, Any]:
    best = found.candidates[0]
    spans = [{"field": s.field, "start": s.start, "end": s.end, "text": s.value} for s in best.spans]
    return {"probability": round(found.probability, 4), "value": best.value, "spans": spans}
