"""How often is the fused value the true one? Methods side by side, with and without reviewed objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.fusion.fuse import Method, fuse_claims
from attrgen_assets.domain.reporting.calibration import Calibration, calibration
from attrgen_assets.domain.units import parse_quantity

UNREVIEWED: Final[tuple[Method, ...]] = ("majority", "priority", "accu")
SHARES: Final = (0.05, 0.1)
_KEY: Final = ("object", "attribute")


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionScore:
    """One method on one data set.

    reviewed: share of the objects whose truth was given, 0-1; the others' values are judged. accuracy: share of true
    values, the mean over draws; spread: its standard deviation, None for one draw. brier: of the confidences.
    reliability: how often values of each confidence are right, over all draws.
    """

    method: str
    reviewed: float
    judged: int
    accuracy: float
    spread: float | None
    brier: float
    seconds: float
    reliability: Calibration


def measure_fusion(
    claims: pl.DataFrame, truth: pl.DataFrame, *, tolerance: float = 0.0, seeds: Sequence[int]
) -> list[FusionScore]:
    """All methods on one data set.

    claims, truth: as `fuse_claims` takes them. tolerance: a number within this share of the truth is right; with 0 a
    value must be spelled as the truth is. seeds: of the draws of reviewed objects.
    """
    scores = [_score(method, 0.0, [_judged(claims, truth, None, method, tolerance)]) for method in UNREVIEWED]
    objects = truth["object"].unique().sort()
    for share in SHARES:
        draws = []
        for seed in seeds:
            chosen = np.random.default_rng(seed).permutation(len(objects))[: max(1, round(share * len(objects)))]
            seen = pl.col("object").is_in(objects.gather(chosen).to_list())
            draws.append(_judged(claims, truth.filter(~seen), truth.filter(seen), "learned", tolerance))
        scores.append(_score("learned", share, draws))
    return scores


@dataclass(frozen=True, slots=True)
class _Judged:
    right: np.ndarray
    confidence: np.ndarray
    seconds: float


def _judged(
    claims: pl.DataFrame, truth: pl.DataFrame, reviewed: pl.DataFrame | None, method: Method, tolerance: float
) -> _Judged:
    started = perf_counter()
    values = fuse_claims(claims, truth=reviewed, method=method).values
    seconds = perf_counter() - started
    held = truth.select(*_KEY, pl.col("value").alias("truth")).join(values, on=_KEY, how="left")
    pairs = zip(held["value"].to_list(), held["truth"].to_list(), strict=True)
    right = np.array([is_right(value, true, tolerance=tolerance) for value, true in pairs])
    return _Judged(right, held["confidence"].fill_null(0.0).to_numpy(), seconds)


def is_right(value: str | None, true: str, *, tolerance: float) -> bool:
    """Whether a value is the true one: as it is spelled, or as a number within a share of the truth.

    >>> is_right("7:10 a.m.", "7:10 a.m.", tolerance=0), is_right("1008", "1000", tolerance=0.01)
    (True, True)
    """
    if value is None or value == true:
        return value is not None
    one, other = parse_quantity(value), parse_quantity(true)
    if not tolerance or one is None or other is None:
        return False
    return abs(one.value - other.value) <= tolerance * abs(other.value)


def _score(method: str, reviewed: float, draws: Sequence[_Judged]) -> FusionScore:
    accuracies = [float(draw.right.mean()) for draw in draws]
    return FusionScore(
        method=method,
        reviewed=reviewed,
        judged=round(float(np.mean([len(draw.right) for draw in draws]))),
        accuracy=float(np.mean(accuracies)),
        spread=float(np.std(accuracies, ddof=1)) if len(draws) > 1 else None,
        brier=float(np.mean([np.mean((draw.confidence - draw.right) ** 2) for draw in draws])),
        seconds=float(np.mean([draw.seconds for draw in draws])),
        reliability=calibration(
            (float(sure), bool(right))
            for draw in draws
            for sure, right in zip(draw.confidence, draw.right, strict=True)
        ),
    )


def synthetic_claims(count: int, *, seed: int) -> pl.DataFrame:
    """`count` claims: ten of twenty sources, right in 55 to 95 of 100 cases, on a number, a text and a time each."""
    rng = np.random.default_rng(seed)
    sources, said, fields = 20, 10, ("weight", "color", "departure")
    number = np.arange(count)
    item, field = number // (said * len(fields)), number // said % len(fields)
    source = number % said * (sources // said) + rng.integers(0, sources // said, count)
    wrong = rng.random(count) > np.linspace(0.55, 0.95, sources)[source]
    meant = pl.Series((item * 7 + field + wrong * rng.integers(1, 5, count)) % 600)
    table = pl.DataFrame(
        {"object": item, "attribute": pl.Series(fields).gather(field), "source": source, "meant": meant}
    )
    time = pl.format("{}:{} a.m.", pl.col("meant") // 60, (pl.col("meant") % 60).cast(pl.String).str.zfill(2))
    number_text, shade = (pl.col("meant") + 10).cast(pl.String), pl.format("shade {}", "meant")
    attribute = pl.col("attribute")
    value = pl.when(attribute == "weight").then(number_text).when(attribute == "color").then(shade).otherwise(time)
    return table.select(pl.col("object").cast(pl.String), "attribute", pl.col("source").cast(pl.String), value=value)
