"""A small, complete config folder for tests to start from, as texts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.product_types.nodes import to_plain
from attrgen_assets.errors import ConfigError, Problem

APPAREL = """\
description: What every garment has.
feed:
  columns:
    sku: [sku, product_id]
    title: title
    description: description
    color: [color, colour]
    price: price
    mrp: mrp
texts:
  missing: ["", nan, null, "-"]
  boilerplate: [the model is wearing]
vocabularies:
  color:
    Red: [crimson]
    Navy Blue:
      - navy
      - {text: indigo, reason: what sellers call it}
    Blue:
    No: [colourless]
    28: ["30"]
attributes:
  sku: {kind: text, required: true, sources: [{column: sku}]}
  title: {kind: text, required: true, max_length: 300, sources: [{column: title}]}
  color:
    kind: enum
    required: true
    vocabulary: color
    matching: {threshold: 90}
    sources:
      - column: color
      - lexicon: [title, description]
  price_inr:
    kind: number
    unit: INR
    range: [1, 500000]
    sources: [{pattern: price, in: price}]
  mrp_inr:
    kind: number
    unit: INR
    range: [1, 500000]
    sources: [{pattern: price, in: [mrp]}]
rules:
  - {name: price_at_most_mrp, at_most: [price_inr, mrp_inr]}
gates:
  max_quarantined_fraction: {warn: 0.05, error: 0.5}
"""

SAREE = """\
product_type: saree
title: Sarees
description: Draped garments.
owners: [catalogue@example.com]
extends: [apparel]
feed:
  path: saree.csv
  columns:
    fabric: [fabric, saree_fabric]
    length: length
  select: {field: title, any_of: [saree, sarees], none_of: [petticoat]}
vocabularies:
  fabric:
    Cotton:
    Silk: [reshmi]
    Pure Silk: {parent: Silk, synonyms: [100% silk]}
    Lace:
attributes:
  color:
    required: false
    add_values: {Mustard: [haldi], Blue: [neel]}
    drop_values: [Red]
  fabric:
    kind: enum
    required: true
    vocabulary: fabric
    on_refusal: quarantine
    sources:
      - column: fabric
      - {lexicon: description, near: [fabric], words_after: 4, not_near: [lining], confidence: 0.8}
  border:
    kind: enum
    na: true
    values: [No Border, Zari, Lace]
    on_refusal: {fallback: No Border}
    sources: [{lexicon: title, near: border}]
  border_width:
    kind: enum
    values: [No Border, Narrow, Broad]
  size: {kind: enum_list, na: true, values: [S, M, 3XL], sources: [{pattern: sizes, in: description}]}
  length_m:
    kind: number
    unit: m
    range: [4.5, 10]
    sources:
      - column: length
      - {pattern: quantity, in: description, near: [length, long]}
      - {pattern: regex, in: description, regex: 'length (\\d+)'}
  pre_draped: {kind: boolean, true_texts: [yes, pre draped], false_texts: [no]}
rules:
  - {name: no_border_has_no_width, when: {border: No Border}, then: {border_width: No Border}}
  - {name: pre_draped_has_no_size, when: {pre_draped: true}, then: {size: NA}, reason: one fits all}
  - {name: width_needs_border, requires: {border_width: [border]}}
  - {name: no_size_with_length, excludes: {size: length_m}, on_violation: quarantine}
gates:
  min_coverage: {fabric: {warn: 0.8, error: 0.3}}
  max_feed_age_days: 90
"""

FILES = {"common/apparel.yaml": APPAREL, "product_types/saree.yaml": SAREE}


def make_config_dir(root: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A config folder of the files above and `files`; an empty text leaves a file out."""
    for name, text in {**FILES, **(files or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def changed(text: str, old: str, new: str) -> str:
    """The text with one passage replaced, which must be there once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, passage: str) -> int:
    """The line on which a passage starts, from 1."""
    assert text.count(passage) == 1, f"{passage!r} is there {text.count(passage)} times"
    return text[: text.index(passage)].count("\n") + 1


def problems_of(config_dir: Path, name: str = "saree") -> tuple[Problem, ...]:
    """What is wrong with a product type; nothing where it is valid."""
    try:
        load_product_type(config_dir, name)
    except ConfigError as error:
        return error.problems
    return ()


def as_json(text: str) -> str:
    """A YAML text as JSON, by the core schema."""
    return json.dumps(as_data(text), indent=2, ensure_ascii=False)


def as_data(text: str) -> Any:
    """A YAML text as JSON data, by the core schema."""
    tree, problems = parse_yaml(text, shown="test.yaml")
    assert tree is not None
    assert problems == []
    return to_plain(tree)
