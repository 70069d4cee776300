"""Values as they are written, found for normalised labels."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.distant.alignment import written_products
from attrgen_assets.domain.extraction.distant.associations import find_associated
from attrgen_assets.domain.extraction.distant.quantities import best_operator, find_quantities
from attrgen_assets.domain.extraction.distant.spelling import spelled_alike
from attrgen_assets.domain.extraction.distant.statements import Looked, Statement
from attrgen_assets.domain.extraction.examples import Answer, Answers, LabelledProduct
from attrgen_assets.domain.extraction.spans import answer_spans
from attrgen_assets.domain.extraction.tokens import tokenise
from attrgen_assets.domain.extraction.training import make_rows


def _product(text: str, value: str | None, *, attribute: str = "A") -> LabelledProduct:
    answers = Answers((), absent=True) if value is None else Answers((Answer(value),))
    return LabelledProduct(category="C", texts={"text": text}, answers={attribute: answers})


def _written(texts: Mapping[str, str | None]) -> list[list[str]]:
    products = written_products([_product(text, value) for text, value in texts.items()])
    return [[answer.value for answer in product.answers["A"].values if answer.fields] for product in products]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({f"Drive {n}-B21 new": f"{n}B21" for n in range(100, 110)}, [[f"{n}-B21"] for n in range(100, 110)]),
        ({f"Soap by Ocean Spray {n} oz": "OCEAN SPRAY" for n in range(5)}, [["Ocean Spray"]] * 5),
        (
            {f'Shelf {n}" wide, 10" deep': f"{n * 2.54:.1f}" for n in range(11, 30)},
            [[f'{n}"'] for n in range(11, 30)],
        ),
        ({f"Tape {n} ft x 2 in": f"{n * 30.48:.1f}" for n in range(3, 12)}, [[f"{n} ft"] for n in range(3, 12)]),
        ({f"Disk {n}K SAS": f"{n}000" for n in range(5, 16)}, [[f"{n}K"] for n in range(5, 16)]),
        ({f"UPC: 0{n}0321987": str(n) for n in range(71000, 71010)}, [[f"0{n}0321987"] for n in range(71000, 71010)]),
        ({f"Disk {n}-GB SAS": f"{n} Gigabytes" for n in range(5, 16)}, [[f"{n}-GB"] for n in range(5, 16)]),
        ({f"Server G{n} rack": f"Generation {n}" for n in range(1, 9)}, [[f"G{n}"] for n in range(1, 9)]),
        ({f"Paper, {n}/Pack, 8 sizes": str(n) for n in range(20, 40)}, [[str(n)] for n in range(20, 40)]),
    ],
)
def test_what_is_written_is_found(texts: dict[str, str | None], expected: list[list[str]]) -> None:
    assert _written(texts) == expected


def test_words_that_come_with_a_class_are_found() -> None:
    texts: dict[str, str | None] = {
        f"{metal} wedding band {n}": "Rings" for n, metal in enumerate(("Gold", "Silver", "Steel"))
    }
    texts |= {f"{metal} hoop pair {n}": "Earrings" for n, metal in enumerate(("Gold", "Silver", "Steel"))}
    texts |= {f"{metal} gift card {n}": None for n, metal in enumerate(("Gold", "Silver", "Steel"))}
    found = _written(texts)
    assert all(any("band" in text or "wedding" in text for text in row) for row in found[:3])
    assert all(any("hoop" in text or "pair" in text for text in row) for row in found[3:6])
    assert found[6:] == [[], [], []]


def test_the_surroundings_choose_among_equal_numbers() -> None:
    texts = [f'Shelf {n}" wide, {n + 1}" deep' for n in range(10, 30)]
    statements = [Statement(n, f"{(n + 10) * 2.54:.1f}", {"t": tokenise(text)}) for n, text in enumerate(texts)]
    both = tokenise('Shelf 12" deep, 12" wide')
    found = find_quantities([*statements, Statement(99, "30.5", {"t": both})], "unit|cm|in|1")
    (span,) = found[-1]["t"]
    assert both.starts[span.first] == both.text.index('12" wide')


def test_whole_numbers_of_texts_are_no_identifiers() -> None:
    some = [Statement(n, f"{n}B21", {"t": tokenise(f"{n}-B21")}) for n in range(5)]
    assert best_operator(some) is None
    assert best_operator([]) is None


def test_what_nothing_explains_is_unknown_and_not_absent() -> None:
    products = [_product("Mint tea", "Zx1"), _product("Lemon tea", None)]
    rows = make_rows(written_products(products), ["a", "b"])
    assert rows[0].spans["A"] is None
    assert rows[1].spans["A"] == {"text": []}


def test_phrases_of_other_values_are_not_taken() -> None:
    looked = [
        Looked(n, {"t": tokenise(text)}, Answers((Answer(value),)))
        for n, (text, value) in enumerate([("red tape", "X"), ("red tape", "Y"), ("red glue", "X"), ("red glue", "Y")])
    ]
    statements = [statement for item in looked for statement in item.statements()]
    assert all(found == {"t": []} for found in find_associated(looked, statements)), "nothing tells X from Y"


@given(st.text(max_size=60), st.text(max_size=10))
def test_spelled_alike_spans_have_the_letters_of_the_value(text: str, value: str) -> None:
    tokens = tokenise(text)
    wanted = "".join(character for character in value.lower() if character.isalnum())
    for span in spelled_alike(tokens, value):
        found = "".join(c for t in tokens.tokens[span.first : span.last + 1] for c in t.lower() if c.isalnum())
        assert found == wanted


@given(st.lists(st.tuples(st.text(max_size=40), st.none() | st.text(max_size=12)), max_size=6))
def test_every_answer_with_a_place_stands_there(rows: list[tuple[str, str | None]]) -> None:
    products = [_product(text, value) for text, value in rows]
    for before, after in zip(products, written_products(products), strict=True):
        assert after.texts == before.texts
        assert after.answers.keys() == before.answers.keys()
        placed = Answers(tuple(answer for answer in after.answers["A"].values if answer.fields))
        assert not placed.values or answer_spans(after, {"text": tokenise(after.texts["text"])}, placed) is not None
