"""What the shipped mapping of the marketplace makes of listings that are not of the one part in one currency."""

from datetime import date
from typing import Any

import pytest

from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue
from attrgen_assets.adapters.suppliers.sandbox.offers import make_offer
from attrgen_assets.adapters.suppliers.sandbox.payloads import PAGE_SIZE, amazon_listings, amazon_search
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.normalise import normalise
from attrgen_assets.domain.parts.paths import search
from attrgen_assets_tests.adapters.suppliers.asking import configs
from attrgen_assets_tests.domain.parts.making import make_response

PRICES = ("current_selling_price", "high_avg_price", "low_avg_price")
PART = "242126602"


def prices(*pages: dict[str, Any], part_number: str = PART) -> dict[str, Claim]:
    """The claims about prices that the answers to a search give."""
    (config,) = (one for one in configs() if one.supplier == "amazon")
    answers = [
        make_response(page, endpoint="search", part_number=part_number, page=at)
        for at, page in enumerate(pages, start=1)
    ]
    return {claim.attribute: claim for claim in normalise(answers, config) if claim.attribute in PRICES}


def listing(title: str, amount: float | None, currency: str | None = "USD") -> dict[str, Any]:
    """One found item."""
    offers = {"Listings": [{"Price": {"Amount": amount, "Currency": currency}}]} if amount else None
    return {"ASIN": "B1", "Offers": offers, "ItemInfo": {"Title": {"DisplayValue": title}}}


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"SearchResult": {"TotalResultCount": len(items), "Items": list(items)}}


def test_longer_numbers_packs_and_other_currencies_make_no_price() -> None:
    found = prices(
        page(
            listing("Compressor 2421266020", 300),
            listing(f"Door Bin {PART} (10-pack)", 400),
            listing(f"Door Bin {PART}", 55, "CAD"),
            listing(f"Door Bin {PART}", None),
            listing(f"Door Bin {PART}", 40),
            listing(f"Door Bin {PART}", 50, None),
        )
    )
    assert {name: claim.value for name, claim in found.items()} == {
        "current_selling_price": 40.0,
        "high_avg_price": 50.0,
        "low_avg_price": 40.0,
    }
    note = "2 of 4 left out: '400 USD per pack of 10' is no number"
    assert {(claim.publishable, claim.note) for claim in found.values()} == {(True, note)}


@pytest.mark.parametrize(
    ("title", "currency", "why"),
    [
        (f"Bin {PART} (10-pack)", "USD", "'400 USD per pack of 10' is no number"),
        (f"Bin {PART}", "CAD", "'cad' is no unit"),
    ],
)
def test_where_nothing_else_is_offered_the_price_is_flagged(title: str, currency: str, why: str) -> None:
    claim = prices(page(listing(title, 400, currency)))["current_selling_price"]
    assert (claim.value, claim.flags) == (None, ("malformed",))
    assert why in claim.note


def test_of_titles_that_are_missing_or_no_text_no_price_is_taken() -> None:
    assert prices(page({"ASIN": "B1", "ItemInfo": {"Title": {"DisplayValue": 7}}}, {"ASIN": "B2"})) == {}


def test_what_the_sandbox_plants_is_never_the_price_of_a_part() -> None:
    catalogue, planted = Catalogue(seed=17, parts=60), 0
    for number in catalogue.numbers:
        part = catalogue.find(number)
        assert part is not None
        offer = make_offer(part, "amazon", seed=17, today=date(2026, 1, 1))
        price = offer.get("current_selling_price", None) if offer else None
        if offer is None or price is None:
            continue
        items = amazon_listings(offer, seed=17)
        planted += any("10-pack" in item["ItemInfo"]["Title"]["DisplayValue"] for item in items)
        pages = [amazon_search(items, at) for at in range(1, len(items) // PAGE_SIZE + 2)]
        claims = prices(*pages, part_number=number)
        assert claims["current_selling_price"].value == pytest.approx(price)
        assert claims["high_avg_price"].value <= 1.4 * price + 0.01  # what its dearest copies cost
    assert planted > 10


def test_only_single_pieces_are_asked_for_by_name() -> None:
    (config,) = (one for one in configs() if one.supplier == "amazon")
    pages = [page(listing(f"Bin {PART} (2 pack)", 9) | {"ASIN": "PACK"}, listing(f"Bin {PART}", 5) | {"ASIN": "ONE"})]
    assert search(config.endpoints["items"].values["asins"], pages, part_number=PART) == ["ONE"]
