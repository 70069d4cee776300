"""From a correction to a lasting cure: the synonym that would have spared it, as a snippet for the config file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from attrgen_assets.domain.product_types.model import EnumAttribute, ProductType
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.domain.text import normalise_text

_SPELLING = {RefusalReason.NOT_IN_VOCABULARY.value, RefusalReason.AMBIGUOUS.value}
_LONGEST_SYNONYM = 60  # characters; a longer cell is a sentence, and no synonym


@dataclass(frozen=True, slots=True)
class Synonym:
    """`text` is how feeds spell the legal `value` of `attribute`."""

    attribute: str
    value: str
    text: str


def suggest_synonyms(
    product_type: ProductType, *, refusals: Iterable[Mapping[str, Any]], values: Mapping[str, Any]
) -> list[Synonym]:
    """The synonyms that would have made these corrections needless.

    refusals: {attribute, reason, text, ...} of the corrected row.  values: {attribute: corrected value}.
    """
    found: dict[tuple[str, str], Synonym] = {}
    for refusal in refusals:
        name, text = refusal["attribute"], " ".join((refusal["text"] or "").split())
        value = values.get(name)
        if refusal["reason"] not in _SPELLING or not isinstance(value, str) or len(text) > _LONGEST_SYNONYM:
            continue
        if isinstance(product_type.attribute(name), EnumAttribute) and normalise_text(text) not in ("", value):
            found.setdefault((name, normalise_text(text)), Synonym(name, value, text))
    return list(found.values())


def synonym_yaml(product_type: ProductType, synonyms: Iterable[Synonym]) -> str:
    """The snippet to merge into the product type's file; "" when there is nothing to add.

    >>> from attrgen_assets.domain.quarantine.synonyms import Synonym, _snippet
    >>> print(_snippet("saree", [Synonym("fabric", "Viscose Rayon", "reyon")]), end="")
    # config/product_types/saree.yaml
    attributes:
      fabric:
        add_values: {"Viscose Rayon": ["reyon"]}
    """
    chosen = list(synonyms)
    return _snippet(product_type.name, chosen) if chosen else ""


def _snippet(product_type: str, synonyms: list[Synonym]) -> str:
    texts: dict[str, dict[str, list[str]]] = {}
    for synonym in synonyms:
        texts.setdefault(synonym.attribute, {}).setdefault(synonym.value, []).append(synonym.text)
    lines = [f"# config/product_types/{product_type}.yaml", "attributes:"]
    for attribute, by_value in texts.items():
        lines.append(f"  {attribute}:")
        # JSON is YAML, and quotes whatever a feed may contain
        pairs = (f"{_quoted(value)}: [{', '.join(map(_quoted, found))}]" for value, found in by_value.items())
        lines.append(f"    add_values: {{{', '.join(pairs)}}}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
