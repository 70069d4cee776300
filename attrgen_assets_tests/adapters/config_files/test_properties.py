"""Whatever is written in a config file, reading it ends soon, and with a ConfigError or a product type."""

import json
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from attrgen_assets.adapters.config_files import load_all, load_product_type, source_digest
from attrgen_assets.adapters.config_files.json_tree import parse_json
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.product_types.model import EnumAttribute
from attrgen_assets.domain.product_types.nodes import to_plain
from attrgen_assets_tests.config_texts import APPAREL, SAREE, as_data, make_config_dir, problems_of

PROMPT = timedelta(seconds=10)  # each takes a few milliseconds; a busy machine may be slow

KEYS = st.sampled_from(
    "product_type title extends feed columns select texts vocabularies attributes rules gates kind values vocabulary "
    "add_values drop_values matching sources column lexicon pattern in regex near range unit on_refusal fallback "
    "parent synonyms text when then at_most requires excludes name min_coverage warn error sku color enum_list".split()
)
SCALARS = st.one_of(
    st.text(max_size=12),
    KEYS,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.sampled_from(["enum", "Silk", "NA"]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)
YAML_PIECES = st.lists(
    st.sampled_from(
        [*"{}[]:,&*!|>'\"%@`#?-\n\t ~<", "a", "&a", "*a", "!!python/name:x ", "- ", ": ", "? ", "---\n", "<<: "]
    )
    | KEYS
    | st.text(max_size=3),
    max_size=30,
).map("".join)
PROPER_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
)


def _load(files: dict[str, str | bytes]) -> list[str]:
    """Load a folder with these files besides the usual ones; the names of those that are valid."""
    with tempfile.TemporaryDirectory() as root:
        folder = make_config_dir(Path(root), files)
        load = load_all(folder)
        assert sorted([*load.product_types, *load.errors]) == sorted(
            {"saree", *(Path(n).stem for n in files)} - {"apparel"}
        )
        for problem in load.problems:
            assert problem.file in {"common/apparel.yaml", "product_types/saree.yaml", *files}
            assert problem.message
            assert not any(word in str(problem) for word in ("Input should", "pydantic", "Traceback", "Scalar("))
        assert all(len(source_digest(folder, name)) == 32 for name in load.errors)
        return list(load.product_types)


@settings(deadline=PROMPT)
@given(text=st.one_of(YAML_PIECES, st.text(max_size=200)))
def test_any_text_as_yaml_is_a_config_or_a_config_error(text: str) -> None:
    assert _load({"product_types/x.yaml": text.encode("utf-8", "surrogatepass") or b" "}) == ["saree"]


@settings(deadline=PROMPT)
@given(data=st.binary(max_size=200))
def test_any_bytes_as_json_are_a_config_or_a_config_error(data: bytes) -> None:
    assert _load({"product_types/x.json": data or b" "}) == ["saree"]


@settings(deadline=PROMPT)
@given(tree=TREES)
def test_any_tree_is_a_config_or_a_config_error(tree: Any) -> None:
    assert _load({"product_types/x.json": json.dumps(tree)}) == ["saree"]


@settings(deadline=PROMPT)
@given(tree=TREES, path=st.lists(st.integers(0, 20), min_size=1, max_size=5), common=st.booleans())
def test_any_tree_in_the_place_of_any_other_is_a_config_or_a_config_error(
    tree: Any, path: list[int], common: bool
) -> None:
    """A valid file with one part of it replaced: the problems are told, and nothing else happens."""
    data = as_data(APPAREL if common else SAREE)
    _replace(data, path, tree)
    name = "common/apparel" if common else "product_types/saree"
    with tempfile.TemporaryDirectory() as root:
        folder = make_config_dir(Path(root), {f"{name}.json": json.dumps(data), f"{name}.yaml": ""})
        for problem in problems_of(folder):
            assert "Input should" not in str(problem)


def _replace(data: Any, path: list[int], tree: Any) -> None:
    for position, step in enumerate(path):
        keys = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
        if not keys:
            return
        key = keys[step % len(keys)]
        if position == len(path) - 1 or not isinstance(data[key], dict | list):
            data[key] = tree
            return
        data = data[key]


JSON_TREES = st.recursive(
    PROPER_TEXT | st.integers(-(10**15), 10**15) | st.booleans() | st.none(),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(PROPER_TEXT, inner, max_size=4)),
    max_leaves=12,  # never nested beyond what a config file may be
)


@given(tree=JSON_TREES, indent=st.sampled_from([None, 1, "\t"]), ascii_only=st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(tree: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    root, problems = parse_json(text, shown="x.json")
    assert root is not None
    assert (to_plain(root), problems) == (json.loads(text), [])


@given(tree=JSON_TREES)
def test_yaml_that_pyyaml_writes_is_read_back(tree: Any) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)
    assume(not re.search(r"\d[eE]\d", text))  # a number by YAML 1.2; PyYAML, of 1.1, leaves such texts unquoted
    root, problems = parse_yaml(text, shown="x.yaml")
    assert problems == []
    assert (to_plain(root) if root is not None else None) == tree


@settings(deadline=PROMPT, max_examples=50)
@given(values=st.lists(PROPER_TEXT, min_size=1, max_size=6, unique=True))
def test_legal_values_come_out_as_they_were_written_or_not_at_all(values: list[str]) -> None:
    attributes = {"sku": {"kind": "text", "sources": [{"column": "sku"}]}, "a": {"kind": "enum", "values": values}}
    data = {"product_type": "x", "feed": {"columns": {"sku": "sku"}}, "attributes": attributes}
    with tempfile.TemporaryDirectory() as root:
        texts = {"product_types/x.json": json.dumps(data), "product_types/y.yaml": "", "common/apparel.yaml": ""}
        folder = make_config_dir(Path(root), texts)
        found = problems_of(folder, "x")
        assert all(problem.key.startswith("attributes.a.values[") for problem in found)
        if not found:
            attribute = load_product_type(folder, "x").attribute("a")
            assert isinstance(attribute, EnumAttribute)
            assert [legal.value for legal in attribute.values] == values
