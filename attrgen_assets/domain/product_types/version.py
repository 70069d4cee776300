"""The version of a product type: same answers, same version."""

import hashlib
import json
from typing import Any

from attrgen_assets.domain.product_types.model import FEED_PLACES, ProductType

_FOR_PEOPLE = {"title", "description", "owners", "reason", "extends", "origin", "defined_in", "vocabulary"}
_DIGEST_BYTES = 8  # 16 hex digits: a collision among a million versions has a chance of 3 in 100 million


def compute_version(product_type: ProductType) -> str:
    """A digest of all that answers depend on, 16 hex digits.

    Left out: words for people, from which file something came, quality gates, and where the feed lies - how a row
    is read does not depend on them. Names of vocabularies are left out too, the values themselves are in.
    """
    content = product_type.model_dump(mode="json", exclude={"gates": True, "feed": {*FEED_PLACES, "token"}})
    del content["config_version"]
    if not product_type.switched_off:  # as before there was a switch, so that stored versions stay comparable
        del content["switched_off"]
    attributes = [_answering(attribute) for attribute in content["attributes"]]
    rules = [_answering(rule) for rule in content["rules"]]
    content = {**_answering(content), "attributes": attributes, "rules": rules}
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _answering(content: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in content.items() if key not in _FOR_PEOPLE}
    for value in kept.get("values", ()):
        value["synonyms"] = [synonym["text"] for synonym in value["synonyms"]]
    return kept
