"""What many parts say of their sources."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.parts.source_models import LEAST_PARTS, learned_sources, moved
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.ports import Override

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
COLORS = ("White", "Black", "Gray", "Clear", "Silver")


def said(number: str, source: str, value: str, attribute: str = "color") -> Claim:
    return Claim(object=number, attribute=attribute, source=source, value=value, raw=value, observed_at=SEEN)


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


def copying_parts(count: int) -> list[Sequence[Claim]]:
    """Six fields; `copier` takes over every second part of `maker` whole, errors too; `shop` errs by itself."""
    rng = random.Random(5)  # noqa: S311 - invented data
    fields = ("color", "material", "finish", "terminal_type", "manufacturer", "part_type")
    parts: list[Sequence[Claim]] = []
    for at in range(count):
        copies = rng.random() < 0.5
        claims = []
        for field in fields:
            maker, own, shop = ("right" if rng.random() < 0.8 else f"wrong {rng.randrange(4)}" for _ in range(3))
            values = {"maker": maker, "copier": maker if copies else own, "shop": shop}
            claims += [said(f"P{at}", name, value, field) for name, value in values.items()]
        parts.append(claims)
    return parts


def test_who_copies_whole_records_is_learned_and_makes_single_records_less_sure() -> None:
    model = learned_sources(copying_parts(200), reviewed=(), rules=PartRules())
    assert model is not None
    pairs = {(one, other): share for one, others in model.dependence.items() for other, share in others.items()}
    assert pairs["copier", "maker"] == pytest.approx(0.5, abs=0.15)
    assert all(share < 0.25 for pair, share in pairs.items() if pair != ("copier", "maker"))
    both = [said("X", source, "Red", "color") for source in ("maker", "copier")]
    other = [said("X", source, "Red", "color") for source in ("maker", "shop")]
    chain = SupersessionChain(asked="X", end="current")
    forgot = model.model_copy(update={"dependence": {}})
    copied, before, apart = (
        fused_record(chain, claims, PartRules(), model=one).fields["color"].confidence or 0.0
        for claims, one in ((both, model), (both, forgot), (other, model))
    )
    assert copied < min(before, apart)


def test_a_model_is_saved_with_who_copies_and_one_of_an_older_release_is_read() -> None:
    model = learned_sources(copying_parts(60), reviewed=(), rules=PartRules())
    assert model is not None
    assert SourceModel.model_validate_json(model.model_dump_json()) == model
    old = SourceModel.model_validate_json('{"format": 1, "accuracy": {"maker": {"color": 0.8}}, "default": 0.7}')
    assert (old.dependence, old.default) == ({}, 0.7)
    assert moved(model.model_copy(update={"dependence": {}}), model)
    assert moved(model, model.model_copy(update={"dependence": {}}))
    assert not moved(model, model)
