"""Tables of key/value pairs in a cell: every notation, and what is left of a broken one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.product_types.specifications import read_table

# What both notations can spell; keys that say "key" or "value" themselves are names of the notation.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)
KEY = TEXT.filter(lambda text: text.lower() not in ("key", "name", "label", "title", "attribute", "specification"))
PAIRS = st.lists(st.tuples(KEY, TEXT), min_size=1, max_size=6)


def ruby(pairs: list[tuple[str, str]], *, space: str = "") -> str:
    """The pairs as Ruby's `inspect` writes an array of hashes."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("#{", "\\#{") + '"'

    arrow = f"{space}=>{space}"
    rows = ", ".join(f'{{"key"{arrow}{quoted(key)}, "value"{arrow}{quoted(value)}}}' for key, value in pairs)
    return f'{{"product_specification"{arrow}[{rows}]}}'


@given(PAIRS, st.sampled_from(["", " "]))
def test_a_ruby_hash_is_read_back(pairs: list[tuple[str, str]], space: str) -> None:
    assert read_table(ruby(pairs, space=space)).pairs == tuple(pairs)


@given(PAIRS)
def test_json_is_read_back(pairs: list[tuple[str, str]]) -> None:
    named = [{"name": key, "value": value} for key, value in pairs]
    assert read_table(json.dumps(named)).pairs == tuple(pairs)
    assert read_table(json.dumps({"group": named}, ensure_ascii=False)).pairs == tuple(pairs)


@given(PAIRS, st.integers(min_value=0))
def test_a_cut_off_table_gives_the_pairs_before_the_cut(pairs: list[tuple[str, str]], cut: int) -> None:
    whole = ruby(pairs)
    text = whole[: cut % len(whole)]
    found = read_table(text).pairs
    assert found == tuple(pairs)[: len(found)]
    complete = sum(text.startswith(ruby(pairs[:count])[:-2]) for count in range(1, len(pairs) + 1))
    assert len(found) >= complete


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    table = read_table(text)
    assert all(key and value for key, value in table.pairs)


@pytest.mark.parametrize(
    ("cell", "pairs", "unnamed", "broken"),
    [
        ('{"product_specification"=>[{"key"=>"Fabric", "value"=>nil}, {"value"=>"Kurta"}]}', (), ("Kurta",), False),
        ('{"product_specification"=>{"key"=>"Fabric", "value"=>"Silk"}}', (("Fabric", "Silk"),), (), False),
        ('{"product_specification"=>[{"key"=>"Neck"}, {"key"=>"Size", "value"=>38}]}', (("Size", "38"),), (), False),
        ('{"Care"=>"say \\"cold\\" => now", "Nil"=>nil}', (("Care", 'say "cold" => now'),), (), False),
        ('{"Cloth": ["Wool", "Silk"], "A": true}', (("Cloth", "Wool"), ("Cloth", "Silk"), ("A", "true")), (), False),
        ('{"General": {"Weight": 1.50}, "Sizes": []}', (("Weight", "1.50"),), (), False),
        ("Fabric: Cotton | Care: Hand wash", (("Fabric", "Cotton"), ("Care", "Hand wash")), (), False),
        ("Fabric: Cotton;; made in India", (("Fabric", "Cotton"),), ("made in India",), False),
        ("nothing of the kind", (), (), True),
        ('{"Fabric"=>"Cotton", "Sleeve"=>', (("Fabric", "Cotton"),), (), True),
        ('[{"key"=>"Fabric", "value"=>"Cotton"}, {"key"=>"Neck", "value"=>"Rou', (("Fabric", "Cotton"),), (), True),
        ("[" * 5000, (), (), True),
        ("  ", (), (), False),
    ],
)  # fmt: skip
def test_tables(cell: str, pairs: tuple[tuple[str, str], ...], unnamed: tuple[str, ...], broken: bool) -> None:
    table = read_table(cell)
    assert (table.pairs, table.unnamed, table.broken) == (pairs, unnamed, broken)
