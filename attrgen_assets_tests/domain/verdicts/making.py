"""Records and claims for tests of verdicts."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import FieldValue, PartRecord, PartRules
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.tables import Status
from attrgen_assets_tests.domain.parts.making import SEEN

MPN = "WR55X10025"
SOURCES = ("encompass", "marcone", "reliable_parts")
AGREED: Mapping[str, Any] = {
    "mpn": MPN,
    "manufacturer": "GE",
    "part_title": "GE Temperature Sensor WR55X10025",
    "primary_department": "Refrigeration",
    "primary_category": "Sensors",
    "current_selling_price": 29.91,
    "voltage": 12.0,
    "weight_lbs": 0.3,
    "color": "Beige",
    "compatible_models": ["GE04886", "DA97-12345A"],
}


def make_claim(attribute: str, value: Any, source: str = "marcone", **changes: Any) -> Claim:
    """What a source says."""
    said: dict[str, Any] = {"object": MPN, "raw": str(value), "observed_at": SEEN}
    return Claim(attribute=attribute, value=value, source=source, **(said | changes))


def make_claims(*more: Claim, without: Iterable[str] = ()) -> list[Claim]:
    """Three sources that agree, less some fields; and what others say."""
    left_out = set(without)
    agreed = [
        make_claim(name, value, source) for source in SOURCES for name, value in AGREED.items() if name not in left_out
    ]
    return [*agreed, *more]


def make_record(claims: Iterable[Claim] | None = None, **reviewed: Any) -> PartRecord:
    """The record that fusion makes of the claims; fields that are named have a person's value."""
    chain = SupersessionChain(asked=MPN, end="current")
    record = fused_record(chain, list(make_claims() if claims is None else claims), PartRules())
    given = {
        name: FieldValue(status=Status.FOUND, value=value, source="a person", confidence=1.0, method="reviewed")
        for name, value in reviewed.items()
    }
    return record.model_copy(update={"fields": {**record.fields, **given}})


def conflict(field: str = "voltage", value: Any = 120.0, source: str = "amazon", **changes: Any) -> Claim:
    """What contradicts the others."""
    assert field in PART_FIELDS
    return make_claim(field, value, source, **changes)
