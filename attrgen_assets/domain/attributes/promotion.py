"""The promotion gate: whether a new model takes the place of the current one."""

from dataclasses import dataclass
from typing import Any

from attrgen_assets.domain.attributes.model_score import ModelScore
from attrgen_assets.domain.extraction.scoring import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether the new model is promoted, and why."""

    promoted: bool
    reasons: tuple[str, ...]


def decide_promotion(new: ModelScore, current: ModelScore | None, *, held_out: int, why_none: str = "") -> Decision:
    """A new model must be better on the same held-out products, by micro F1; where both are as good the old one stays.

    why_none: why there is no current model to compare with.
    """
    measured = f"measured on the same {held_out:,} held-out products"
    if current is None:
        first = (why_none or "there is no current model", f"micro F1 {new.total.f1:.4f}, {measured}")
        if not new.total.vc:
            return Decision(promoted=False, reasons=(*first, "it gives no right value"))
        return Decision(promoted=True, reasons=first)
    better = new.total.f1 > current.total.f1
    relation = "above" if better else "equal to" if new.total.f1 == current.total.f1 else "below"
    reasons = (f"micro F1 {new.total.f1:.4f} is {relation} the current model's {current.total.f1:.4f}, {measured}",)
    return Decision(promoted=better, reasons=reasons if better else (*reasons, "the current model stays"))


def score_figures(score: ModelScore) -> dict[str, Any]:
    """A score as JSON."""
    return {
        **_figures(score.total),
        "corrections": _figures(score.corrected),
        "attributes": {
            name: {**_figures(found), "unheard": score.unheard.get(name, 0), "trust": round(score.trust[name], 4)}
            for name, found in score.by_attribute.items()
        },
    }


def _figures(score: Score) -> dict[str, Any]:
    counts = {"NN": score.nn, "NV": score.nv, "VN": score.vn, "VC": score.vc, "VW": score.vw}
    shares = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
    return {**{name: round(value, 6) for name, value in shares.items()}, **counts}
