"""An offer in the words of each supplier's API."""

import random
from typing import Any, Final

from attrgen_assets.adapters.suppliers.sandbox.catalogue import NAMED
from attrgen_assets.adapters.suppliers.sandbox.offers import Offer

PAGE_SIZE: Final = 10
DEMO_LISTINGS: Final = 22  # of the part in the documentation, as a marketplace has them for a popular part

_SIDES: Final = ("length", "width", "height")


def encompass_part(offer: Offer, older: tuple[str, ...]) -> dict[str, Any]:
    """GET /parts/{pn}: the part, and records of packs and of numbers that it replaced, as the real one has them."""
    number, gone = offer.part.number, offer.successor is not None
    sizes = {side: offer.get(f"box_{side}_in", 0) for side in _SIDES}
    if offer.junk_sizes:
        sizes = {side: round(value * 1000) for side, value in sizes.items()}
    part = {
        "partNumber": number,
        "basePN": "" if gone else str(6_000_000 + offer.part.index),
        "mfgCode": "HOT",
        "mfgName": offer.get("manufacturer"),
        "partDescription": offer.get("part_title"),
        "detailedPartDescription": offer.get("long_description"),
        "category": offer.get("primary_category"),
        "listPrice": f"{offer.get('msrp', 0):.2f}",
        "partPrice": "" if gone else f"{offer.get('current_selling_price', 0):.2f}",
        "priceDate": offer.price_date.isoformat(),
        "corePrice": "0.00",
        "availability": "" if gone else 50,
        "eta": "*NLA* Use Sub part" if gone else "",
        "subPart": f"HOT{offer.successor}" if gone else "",
        "weight": 0 if offer.no_weight else offer.get("weight_lbs", 0),
        **sizes,
        "voltage": "N/A" if offer.values.get("voltage", "") is None else offer.get("voltage"),
        "smallImageURL": offer.get("primary_image_url"),
        "symptoms": [
            {"id": str(place), "description": text} for place, text in enumerate(offer.get("related_symptoms", []), 1)
        ],
    }
    blank = {**dict.fromkeys(part, ""), "mfgCode": "HOT", "weight": 0, "length": 0, "width": 0, "height": 0}
    pack = {**blank, "partNumber": f"{number}-50PK", "eta": "No Longer Available"}
    replaced = [
        {**blank, "partNumber": old, "eta": "*NLA* Use Sub part", "subPart": f"HOT{number}", "symptoms": []}
        for old in older
    ]
    return {"parts": [part, *replaced, pack]}


def encompass_cross_reference(offer: Offer) -> dict[str, Any]:
    """GET /parts/cross-reference/{pn}."""
    return {"crossReferences": [{"partNumber": number} for number in offer.get("cross_reference_parts", [])]}


def encompass_models(offer: Offer) -> dict[str, Any]:
    """GET /parts/{pn}/models."""
    models = offer.get("compatible_models", [])
    return {"compatibleModels": [{"id": f"HOT{model}", "model": model, "description": "APPLIANCE"} for model in models]}


def marcone_search(offer: Offer | None) -> dict[str, Any]:
    """GET /parts/search: the part, and one whose number merely begins the same."""
    if offer is None:
        return {"results": []}
    number, place = offer.part.number, offer.part.index
    return {"results": [{"id": f"{place}-P", "partNumber": f"{number}PK"}, {"id": str(place), "partNumber": number}]}


def marcone_part(offer: Offer) -> dict[str, Any]:
    """GET /parts/{id}."""
    attributes = {
        name: "NOT APPLICABLE" if offer.values[field] is None else _with_unit(offer.values[field], unit)
        for name, field, unit in (
            ("Voltage", "voltage", " V"),
            ("Terminal Type", "terminal_type", ""),
            ("Color", "color", ""),
            ("Material", "material", ""),
            ("Finish", "finish", ""),
        )
        if field in offer.values
    }
    words = {"oem": "GENUINE", "aftermarket": "REPLACEMENT", "refurbished": "RECON"}
    kind, weight = offer.get("part_type"), offer.get("weight_lbs", None)
    return {
        "id": str(offer.part.index),
        "partNumber": offer.part.number,
        "alternateNumbers": offer.get("cross_reference_parts", [])[:1],
        "make": offer.get("manufacturer"),
        "type": words.get(kind, kind.upper()),
        "description": offer.get("part_title"),
        "longDescription": offer.get("long_description"),
        "department": offer.get("primary_department"),
        "category": offer.get("primary_category"),
        "subCategories": offer.get("sub_categories", []),
        "images": offer.get("gallery_images", []),
        "listPrice": offer.get("msrp", 0),
        "dealerPrice": offer.get("current_selling_price", 0),
        "priceEffective": offer.price_date.isoformat(),
        "weight": {"value": round(weight * 16, 2), "unit": "oz"} if weight is not None else None,
        "dimensions": {side: _with_unit(offer.get(f"product_{side}_in"), " in") for side in _SIDES},
        "upc": offer.get("upc_ean_gtin"),
        "attributes": attributes | offer.specs,
        "makeUrl": offer.get("manufacturer_url"),
        "status": f"NLA use sub {offer.successor}" if offer.successor else "ACTIVE",
    }


def marcone_cross_references(offer: Offer) -> dict[str, Any]:
    """GET /parts/{id}/cross-references."""
    return {"items": [{"partNumber": number, "kind": "replaces"} for number in offer.get("cross_reference_parts", [])]}


def reliable_part(offer: Offer) -> dict[str, Any]:
    """GET /parts/{pn}."""
    specs = [
        {
            "name": name,
            "value": "Does not apply" if offer.values[field] is None else _with_unit(offer.values[field], unit),
        }
        for name, field, unit in (
            ("UPC", "upc_ean_gtin", ""),
            ("Voltage", "voltage", "V"),
            ("Terminal", "terminal_type", ""),
            ("Color", "color", ""),
            ("Material", "material", ""),
        )
        if field in offer.values
    ]
    boxed = [offer.get(f"box_{side}_in", None) for side in _SIDES]
    return {
        "partNumber": offer.part.number,
        "brand": offer.get("manufacturer"),
        "title": offer.get("part_title"),
        "description": offer.get("long_description"),
        "condition": {"oem": "OEM"}.get(offer.get("part_type"), offer.get("part_type").capitalize()),
        "breadcrumbs": [
            offer.get("primary_department"),
            offer.get("primary_category"),
            *offer.get("sub_categories", []),
        ],
        "msrp": f"${offer.values['msrp']:,.2f}" if "msrp" in offer.values else "call",
        "price": f"${offer.values['current_selling_price']:,.2f}"
        if "current_selling_price" in offer.values
        else "call",
        "priceDate": offer.price_date.isoformat(),
        "shippingWeight": _with_unit(offer.get("weight_lbs"), " lbs"),
        "shippingDimensions": "" if None in boxed else " x ".join(f"{side:g}" for side in boxed) + " in",
        "specs": [*specs, *({"name": name, "value": value} for name, value in offer.specs.items())],
        "replaces": " | ".join(offer.get("cross_reference_parts", [])),
        "availability": f"No longer available - use sub {offer.successor}" if offer.successor else "In stock",
    }


def reliable_images(offer: Offer) -> dict[str, Any]:
    """GET /parts/{pn}/images."""
    first = offer.get("primary_image_url")
    urls = list(dict.fromkeys([first, *offer.get("gallery_images", [])]))
    return {"images": [{"url": url, "primary": url == first} for url in urls]}


def reliable_installation(offer: Offer) -> dict[str, Any]:
    """GET /parts/{pn}/installation."""
    steps = [f"{step.strip('.')}." for step in offer.get("installation_suggestions").split(". ") if step]
    return {"steps": steps, "symptoms": offer.get("related_symptoms", []), "difficulty": "Easy"}


def amazon_listings(offer: Offer, *, seed: int) -> list[dict[str, Any]]:
    """All items that a search for the part finds: the part itself, copies of it, and what only looks like it."""
    part = offer.part
    rng = random.Random(f"{seed}:listings:{part.index}")  # noqa: S311 - invented data
    count = DEMO_LISTINGS if part.number == "WR55X10025" else rng.randint(1, 25)
    price = offer.get("current_selling_price", 0.0)
    title = offer.get("part_title") or f"{part.category.noun} {part.number}"
    items = [_listing(offer, 0, title, part.number, price or None)]
    for place in range(1, count):
        brand = f"Aftermarket{rng.randint(1, 9)}"
        other = rng.random() < 0.3
        title = f"{brand} universal {part.category.noun}" if other else f"{brand} {part.number} {part.category.noun}"
        cost = round(price * rng.uniform(0.5, 1.4), 2) if price and rng.random() < 0.9 else None
        items.append(_listing(offer, place, title, f"{brand.upper()}-{part.index}", cost))
    return items if part.index < NAMED else [*_lures(offer, count, price, seed=seed), *items]


def _lures(offer: Offer, place: int, price: float, *, seed: int) -> list[dict[str, Any]]:
    """In front of half of the searches: a part with a longer number, a pack of ten, and a price in another currency."""
    part = offer.part
    rng = random.Random(f"{seed}:lures:{part.index}")  # noqa: S311 - invented data
    if not price or rng.random() < 0.5:
        return []
    noun, number = part.category.noun, part.number
    planted = (
        (f"Compressor {number}0", f"{number}0", round(price * 7.5, 2), "USD"),
        (f"{noun} {number} (10-pack)", number, round(price * 10, 2), "USD"),
        (f"{noun} {number}", f"CA-{number}", round(price * 1.4, 2), "CAD"),
    )
    return [
        _listing(offer, place + at, title, its_number, cost, currency=currency)
        for at, (title, its_number, cost, currency) in enumerate(planted)
    ]


def amazon_search(items: list[dict[str, Any]], page: int) -> dict[str, Any]:
    """POST /searchitems: one page of ten."""
    if not items:
        return {"Errors": [{"Code": "NoResults", "Message": "No results found for your request."}]}
    shown = [
        {key: item[key] for key in ("ASIN", "DetailPageURL", "Offers")}
        | {"ItemInfo": {"Title": item["ItemInfo"]["Title"]}}
        for item in items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]
    return {"SearchResult": {"TotalResultCount": len(items), "Items": shown}}


def _listing(
    offer: Offer, place: int, title: str, number: str, price: float | None, *, currency: str = "USD"
) -> dict[str, Any]:
    asin = f"B{offer.part.index:07d}{place:02d}"
    brand = offer.get("manufacturer") if place == 0 else title.split(maxsplit=1)[0]
    info: dict[str, Any] = {
        "Title": {"DisplayValue": title},
        "ManufactureInfo": {"ItemPartNumber": {"DisplayValue": number}},
        "ByLineInfo": {"Brand": {"DisplayValue": brand}},
    }
    if place == 0:
        sizes = {
            side.capitalize(): {
                "DisplayValue": round(offer.values[f"product_{side}_in"] * 100),
                "Unit": "hundredths-inches",
            }
            for side in _SIDES
            if f"product_{side}_in" in offer.values
        }
        if "weight_lbs" in offer.values:
            sizes["Weight"] = {"DisplayValue": offer.values["weight_lbs"], "Unit": "Pounds"}
        info["ProductInfo"] = {"ItemDimensions": sizes, "Color": {"DisplayValue": offer.get("color")}}
        info["ExternalIds"] = {"UPCs": {"DisplayValues": [offer.get("upc_ean_gtin")]}}
    offers = {"Listings": [{"Price": {"Amount": price, "Currency": currency}}]} if price else None
    return {
        "ASIN": asin,
        "DetailPageURL": f"https://marketplace.example.com/dp/{asin}",
        "Images": {"Primary": {"Large": {"URL": f"https://images.marketplace.example.com/{asin}.jpg"}}},
        "ItemInfo": info,
        "Offers": offers,
    }


def _with_unit(value: Any, unit: str) -> str:
    """A number with its unit; a text, also an empty one, as it is."""
    return f"{value:g}{unit}" if isinstance(value, float) else str(value)
