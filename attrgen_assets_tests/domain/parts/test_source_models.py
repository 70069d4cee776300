"""What many parts say of their sources."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.parts.source_models import LEAST_PARTS, learned_sources
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.ports import Override

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
COLORS = ("White", "Black", "Gray", "Clear", "Silver")


def said(number: str, source: str, color: str) -> Claim:
    return Claim(object=number, attribute="color", source=source, value=color, raw=color, observed_at=SEEN)


def make_parts(count: int) -> list[Sequence[Claim]]:
    """`careful` and `steady` agree but for every tenth part; `sloppy` is wrong two times in three."""
    parts: list[Sequence[Claim]] = []
    for at in range(count):
        color, other = COLORS[at % 5], COLORS[(at + 1 + at % 3) % 5]
        parts.append([
            said(f"P{at}", "careful", color),
            said(f"P{at}", "steady", color if at % 10 else other),
            said(f"P{at}", "sloppy", color if at % 3 == 0 else COLORS[(at + 2) % 5]),
        ])  # fmt: skip
    return parts


def test_a_source_that_is_often_contradicted_is_worth_less() -> None:
    model = learned_sources(make_parts(60), reviewed=(), rules=PartRules())
    assert model is not None
    worth = {source: fields["color"] for source, fields in model.accuracy.items()}
    assert min(worth["careful"], worth["steady"]) > worth["sloppy"]
    claims = [said("X", "sloppy", "Black"), said("X", "careful", "White")]
    record = fused_record(SupersessionChain(asked="X", end="current"), claims, PartRules(), model=model)
    assert record.fields["color"].value == "White"


def test_what_people_say_counts_for_more_than_what_sources_agree_on() -> None:
    parts = make_parts(60)
    reviewed = [
        Override(product_type="part", sku=f"P{at}", attribute="color", value=claims[2].value, by="ann", at=SEEN)
        for at, claims in enumerate(parts)
        if at % 2
    ]
    model = learned_sources(parts, reviewed=reviewed, rules=PartRules())
    assert model is not None
    worth = {source: fields["color"] for source, fields in model.accuracy.items()}
    assert worth["sloppy"] > worth["careful"]


@pytest.mark.parametrize(("count", "enough"), [(LEAST_PARTS - 1, False), (LEAST_PARTS, True)])
def test_a_few_parts_teach_nothing(count: int, enough: bool) -> None:
    parts = make_parts(count)
    assert (learned_sources([*parts, *parts], reviewed=(), rules=PartRules()) is not None) == enough
