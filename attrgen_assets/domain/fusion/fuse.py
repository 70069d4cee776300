"""From claims to values: the one function that others call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from attrgen_assets.domain.fusion.conflicts import conflict_table, disagreement_table, loser_table, value_table
from attrgen_assets.domain.fusion.contested import agreement, iterated
from attrgen_assets.domain.fusion.copying import COPIES_FROM, RELATED_FROM, copied_records, dependence, independence
from attrgen_assets.domain.fusion.hierarchy import Hierarchy, without_broader
from attrgen_assets.domain.fusion.model import SourceModel, frozen
from attrgen_assets.domain.fusion.prepare import Coded, Floats, prepare
from attrgen_assets.domain.fusion.reviewed import Scale, cross_fit, reviewed_clusters, winners
from attrgen_assets.domain.fusion.rules import FieldRule, infer_rules
from attrgen_assets.domain.fusion.strategies import NEARLY, by_strategy
from attrgen_assets.domain.fusion.weights import Estimate, learned_accuracy, majority, weighted
from attrgen_assets.domain.reporting.calibration import Calibration

Method = Literal["auto", "majority", "priority", "accu", "learned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """What was chosen, and why.

    values: object, attribute, value, confidence (0-1), method; each (object, attribute) of the claims once.
    losers: object, attribute, source, value, weight of the claims that say something else than the chosen value.
    conflicts: object, attribute, values, claims, support (share of the claims), spread (of numbers), compatible.
    disagreements: source, attribute, against, claims, share: how often a source says something else, most often first.
    decisions: object, attribute, value, confidence, method, reason.
    source_weights: source, attribute, accuracy. calibration: held out, where enough was reviewed.
    model: to save and apply to new records.
    """

    values: pl.DataFrame
    losers: pl.DataFrame
    conflicts: pl.DataFrame
    disagreements: pl.DataFrame
    decisions: pl.DataFrame
    source_weights: pl.DataFrame
    calibration: Calibration | None
    model: SourceModel


def fuse_claims(
    claims: pl.DataFrame,
    *,
    rules: Mapping[str, FieldRule] | None = None,
    truth: pl.DataFrame | None = None,
    method: Method = "auto",
    model: SourceModel | None = None,
    hierarchy: Hierarchy | None = None,
) -> Fusion:
    """Choose a value for every (object, attribute).

    claims, truth: object, attribute, (source,) value as text. Of claims also `confidence`, 0-1, by which a vote counts,
    and `observed_at`: of values alike the one that was said last wins; other columns are not used. rules: attributes
    that are not named get a rule from what their values look like. method `auto`: `learned` with reviews or a model,
    else `accu`. model: sources as known from earlier reviews. hierarchy: a value does not contradict one of which it is
    a kind; the narrower is chosen where it is supported. The order of the rows makes no difference.

    Raises: ValueError for the method `learned` without reviews and model, and for columns that are missing.

    >>> said = {"object": "x", "attribute": "color", "source": ["a", "b", "c"], "value": ["Red", "red", "Blue"]}
    >>> fuse_claims(pl.DataFrame(said), method="majority").values["value"].to_list()
    ['Red']
    """
    _require(claims, ("object", "attribute", "source", "value"))
    _check_confidences(claims)
    known = _rules(claims, rules or {})
    claims = without_broader(claims, known, hierarchy or Hierarchy())
    coded = prepare(claims, known)
    right = np.full(len(coded.cluster_item), np.nan) if truth is None else reviewed_clusters(coded, truth, known)
    used = _method(method, reviews=bool((~np.isnan(right)).any()), model=model)
    estimate, scale, found = _estimate(coded, used, right, model)
    confidence = scale.apply(estimate.posterior) if scale != Scale() else estimate.posterior
    chosen = winners(coded, estimate.score)
    values = value_table(
        coded, base=claims, chosen=chosen, confidence=confidence, method=used,
        strategies=_strategies(coded, known, used, confidence), truth=truth,
    )  # fmt: skip
    weight = _source_weights(coded, estimate.accuracy)
    losers = loser_table(coded, values, weight)
    return Fusion(
        values=values.select("object", "attribute", "value", "confidence", "method"),
        losers=losers,
        conflicts=conflict_table(coded, values),
        disagreements=disagreement_table(coded, values),
        decisions=values.select("object", "attribute", "value", "confidence", "method", "reason"),
        source_weights=weight,
        calibration=found,
        model=frozen(coded, estimate.accuracy, scale, _copied(coded, known)),
    )


def _require(claims: pl.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [name for name in columns if name not in claims.columns]
    if missing:
        raise ValueError(f"claims lack the columns {', '.join(missing)}; found {', '.join(claims.columns)}")


def _check_confidences(claims: pl.DataFrame) -> None:
    if "confidence" not in claims.columns:
        return
    numbers = claims["confidence"].cast(pl.Float64, strict=False)
    wrong = claims.filter((claims["confidence"].is_not_null() & numbers.is_null()) | ~numbers.is_between(0, 1))
    if wrong.height:
        first = wrong.row(0, named=True)
        raise ValueError(
            f"{wrong.height} claims have a confidence that is no number from 0 to 1, such as {first['confidence']!r} "
            f"of {first['source']!r} on {first['object']!r}; leave it empty where it is not known"
        )


def _rules(claims: pl.DataFrame, given: Mapping[str, FieldRule]) -> dict[str, FieldRule]:
    """A rule for each attribute that is claimed: the given one, or what its values look like."""
    unnamed = claims.filter(~pl.col("attribute").is_in(list(given)))
    inferred = infer_rules(unnamed) if unnamed.height else {}
    return {name: given.get(name) or inferred[name] for name in claims["attribute"].unique().sort().to_list()}


def _method(method: Method, *, reviews: bool, model: SourceModel | None) -> Method:
    if method == "auto":
        return "learned" if reviews or model is not None else "accu"
    if method == "learned" and not reviews and model is None:
        raise ValueError("the method 'learned' needs reviewed values of some of the claims' objects, or a model")
    return method


def _estimate(
    coded: Coded, method: Method, right: Floats, model: SourceModel | None
) -> tuple[Estimate, Scale, Calibration | None]:
    reviews = bool((~np.isnan(right)).any())
    if method == "majority":
        return _calibrated(coded, right, majority(coded)) if reviews else (majority(coded), Scale(), None)
    strict = independence(coded, dependence(coded, above=COPIES_FROM))
    free = iterated(coded, strict)
    if method != "learned":
        return _calibrated(coded, right, free) if reviews else (free, Scale(), None)
    shared = dependence(coded, above=RELATED_FROM)
    related = independence(coded, shared if model is None else model.with_dependence(coded, shared))
    if model is not None and not reviews:
        return weighted(coded, model.table(coded), related), model.scale, None
    prior = free.accuracy[:, 0] if free.accuracy.size else np.zeros(0)

    def fit(seen: Floats) -> Estimate:
        return weighted(coded, learned_accuracy(coded, seen, prior), related)

    scale, found = cross_fit(coded, right, fit)
    return fit(right), scale, found


def _calibrated(coded: Coded, right: Floats, estimate: Estimate) -> tuple[Estimate, Scale, Calibration | None]:
    """An estimate that uses no reviews, its confidences corrected by them."""
    scale, found = cross_fit(coded, right, lambda _seen: estimate)
    return estimate, scale, found


def _copied(coded: Coded, rules: Mapping[str, FieldRule]) -> Floats:
    """Dependence by whole records; prices are each shop's own, and lists and unions are compared in another way."""
    single = [at for at, name in enumerate(coded.fields) if rules[name].strategy in ("vote", "priority")]
    return copied_records(coded, np.array(single, dtype=np.int64))


def _strategies(coded: Coded, rules: Mapping[str, FieldRule], method: Method, confidence: Floats) -> pl.DataFrame:
    """What rules decide by other means than the vote. By the method `priority`, sources in their order decide all."""
    if method != "priority":
        return by_strategy(coded.claims, rules, confidence, nearly=NEARLY)
    ranked = tuple(coded.sources[at] for at in np.argsort(-np.round(agreement(coded), 9), kind="stable"))
    preferred = {
        name: rule.model_copy(update={"strategy": "priority", "source_priority": rule.source_priority or ranked})
        for name, rule in rules.items()
    }
    return by_strategy(coded.claims, preferred, confidence, nearly=0.0)


def _source_weights(coded: Coded, accuracy: Floats) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "source": np.repeat(np.array(coded.sources, dtype=object), len(coded.fields)),
            "attribute": np.tile(np.array(coded.fields, dtype=object), len(coded.sources)),
            "accuracy": accuracy.ravel(),
        },
        schema={"source": pl.String, "attribute": pl.String, "accuracy": pl.Float64},
    )
