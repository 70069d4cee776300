"""What models are trained on."""

from collections.abc import Sequence

from attrgen_assets.domain.extraction.crf import Weights
from attrgen_assets.domain.extraction.extractor import Extractor
from attrgen_assets.domain.extraction.spans import Span, answer_spans, label
from attrgen_assets.domain.extraction.splits import development_split, fold_of, groups
from attrgen_assets.domain.extraction.tokens import tokenise
from attrgen_assets.domain.extraction.training import Parts, fit, make_rows
from attrgen_assets_tests.labelled import make_product


class Recorder:
    """A trainer that writes down what it is given and learns nothing."""

    def __init__(self) -> None:
        self.seen: list[tuple[list[object], list[Sequence[str]]]] = []

    def prepare(self, sequence: Sequence[Sequence[str]]) -> object:
        return tuple(tuple(token) for token in sequence)

    def train(self, sequences: Sequence[object], labels: Sequence[Sequence[str]]) -> tuple[Weights, Weights]:
        self.seen.append((list(sequences), list(labels)))
        return {}, {}


def _fit(*products: object) -> tuple[Parts, Recorder]:
    recorder = Recorder()
    rows = make_rows(products, [str(at) for at in range(len(products))])  # type: ignore[arg-type]
    return fit(rows, recorder, joint=False), recorder


def test_an_attribute_that_is_not_listed_is_unknown_and_not_absent() -> None:
    _, recorder = _fit(
        make_product("Mint Tea", Flavor="Mint"),
        make_product("Plain Tea", Flavor=None),
        make_product("Lemon Tea", Brand="Lemon"),
    )
    by_attribute = {next(n for names in labels for n in names if n != "O")[2:]: labels for _, labels in recorder.seen}
    assert by_attribute["Flavor"] == [["B:Flavor", "O"], ["O", "O"]], "the third row says nothing about flavor"
    assert by_attribute["Brand"] == [["B:Brand", "O"]]


def test_an_answer_that_is_not_in_the_text_makes_its_row_unknown() -> None:
    _, recorder = _fit(make_product("Mint Tea", Flavor="Mint"), make_product("Green Tea", Flavor="Lemon"))
    assert [labels for _, labels in recorder.seen] == [[["B:Flavor", "O"]]]


def test_a_row_does_not_find_its_own_answers_in_the_gazetteer() -> None:
    parts, recorder = _fit(make_product("Mint Tea", Flavor="Mint"), make_product("Lemon Tea", Flavor="Lemon"))
    features = [feature for sequence in recorder.seen[0][0] for token in sequence for feature in token]  # type: ignore[attr-defined]
    assert not any(feature.startswith("g") for feature in features)
    inputs = Extractor(parts).inputs(make_product("Mint Tea"))["text"]
    assert "g:U:Flavor" in inputs.features[0]


def test_longer_answers_are_marked_first() -> None:
    tokens = {"text": tokenise("Sea Green and Green")}
    product = make_product("Sea Green and Green", Color="Sea Green")
    spans = answer_spans(product, tokens, product.answers["Color"])
    assert spans == {"text": [Span(0, 1)]}
    assert label(4, [Span(0, 1)]) == ["B", "I", "O", "O"]


def test_near_duplicates_stay_together() -> None:
    products = [make_product(f"Acme runner shoe red size {size}") for size in range(20)]
    products += [make_product(f"{name} sandal") for name in ("Corvia", "Dunmore", "Estrel", "Fennick")]
    names = groups(products)
    assert len(set(names[:20])) == 1
    assert len(set(names)) == 5
    inside, outside = development_split(products, seed=3)
    assert sorted(inside + outside) == list(range(24))
    assert not {names[at] for at in inside} & {names[at] for at in outside}


def test_folds_depend_on_the_seed_and_the_group_alone() -> None:
    folds = [fold_of(str(at), folds=4, seed=1) for at in range(400)]
    assert folds == [fold_of(str(at), folds=4, seed=1) for at in range(400)]
    assert folds != [fold_of(str(at), folds=4, seed=2) for at in range(400)]
    assert all(80 <= folds.count(fold) <= 120 for fold in range(4))
