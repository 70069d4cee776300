"""Normalisers learned from pairs."""

import pytest

from attrgen_assets.domain.extraction.examples import Answer, Answers, LabelledProduct
from attrgen_assets.domain.extraction.normalise.fitting import learn_normaliser
from attrgen_assets.domain.extraction.normalise.learned import NOTHING, Normaliser
from attrgen_assets.domain.extraction.normalise.operators import names, operator, to_unit
from attrgen_assets.domain.extraction.normalise.pairs import Pair, StatedClass, align


def _learn(*pairs: tuple[str, str]) -> Normaliser:
    return learn_normaliser([Pair("C", "A", raw, normal, str(at)) for at, (raw, normal) in enumerate(pairs)], seed=1)


@pytest.mark.parametrize(
    ("pairs", "method", "unseen", "expected"),
    [
        ([(f"AB-{n}", f"AB{n}") for n in range(100, 130)], "alnum", "ZX-9-1", "ZX91"),
        ([(f"0{n}0321987", str(n)) for n in range(71000, 71030)], "digits 1 6", "036241663001", "36241"),
        ([(f'{n}"', f"{n * 2.54:.1f}") for n in range(1, 30)], "unit|cm|in|1", "2 ft", "61.0"),
        ([(f"{n}GB", f"{n} Gigabytes") for n in range(1, 30)], "expand", "36.4-GB", "36.4 Gigabytes"),
        ([(f"Name{n}", f"NAME{n}") for n in range(1, 20)], "upper", "N'Joy", "N'JOY"),
        ([(f"{n}K", f"{n}000") for n in range(5, 20)], "thousands", "7.2K RPM", "7200"),
    ],
)
def test_the_rule_is_found_and_works_on_unseen_values(
    pairs: list[tuple[str, str]], method: str, unseen: str, expected: str
) -> None:
    learned = _learn(*pairs)
    assert learned.by_attribute["C", "A"].method == method
    assert learned.by_attribute["C", "A"].accuracy == 1.0
    assert learned.apply("C", "A", unseen) == (expected, 1.0)


def test_values_are_generalised_to_classes() -> None:
    drives = [
        (f"{kind} {size} drive", "Storage") for kind in ("hard", "tape", "disk") for size in ("big", "small", "fast")
    ]
    cables = [
        (f"{kind} {size} cable", "Wiring") for kind in ("power", "long", "flat") for size in ("red", "blue", "thin")
    ]
    learned = _learn(*drives, *cables)
    assert learned.by_attribute["C", "A"].method == "classes"
    assert learned.apply("C", "A", "optical drive")[0] == "Storage"
    assert learned.apply("C", "A", "ribbon cable")[0] == "Wiring"


def test_a_class_is_known_by_its_name_and_by_parts_that_no_other_class_has() -> None:
    drives = [(f"{kind} drive {size}", "Drives, Tapes") for kind in ("hard", "disk", "optical") for size in range(4)]
    cables = [(f"{kind} cable {size}", "Wiring and Tapes") for kind in ("power", "long", "flat") for size in range(4)]
    learned = _learn(*drives, *cables).by_attribute["C", "A"]
    assert (learned.apply("drives"), learned.apply("WIRING")) == (("Drives, Tapes", 1.0), ("Wiring and Tapes", 1.0))
    assert "tapes" not in learned.known


def test_what_a_rule_gets_wrong_more_than_once_is_learned_by_heart() -> None:
    ports = [*((f"{n} ports", str(n)) for n in range(1, 20)), ("dual port", "2"), ("quad", "4"), ("octa", "8")]
    learned = _learn(*ports, ("single (SP)", "2"), ("Single (SP)", "2"), ("7 ports", "8"))
    assert learned.by_attribute["C", "A"].method == "count"
    assert [learned.apply("C", "A", raw)[0] for raw in ("single (SP)", "7 ports", "single port")] == ["2", "7", "1"]


def test_halves_are_rounded_as_the_pairs_are() -> None:
    halves = (2.5, 22.5, 27.5)  # 6.35, 57.15 and 69.85, whose nearest binary numbers are below
    plain = [(f'{n}"', f"{n * 2.54:.1f}") for n in range(1, 20)]
    down = _learn(*plain, *((f'{n}"', f"{int(n * 25.4) / 10}") for n in halves)).by_attribute["C", "A"]
    up = _learn(*plain, *((f'{n}"', f"{int(n * 25.4) / 10 + 0.1:.1f}") for n in halves)).by_attribute["C", "A"]
    assert (down.method, up.method) == ("unit|cm|in|1", "unit|cm|in|1|half up")
    assert (down.apply('32.5"')[0], up.apply('32.5"')[0]) == ("82.5", "82.6")


def test_an_attribute_without_pairs_stays_as_written() -> None:
    assert _learn(("a", "A")).apply("C", "other", "x Y") == ("x Y", 1.0)


def test_a_value_that_a_rule_cannot_read_is_kept_and_unsure() -> None:
    learned = _learn(*[(f'{n}"', f"{n * 2.54:.1f}") for n in range(1, 30)])
    assert learned.apply("C", "A", "very wide") == ("very wide", 0.0)


def test_every_operator_takes_any_text() -> None:
    for name in names():
        for text in ("", "½ ⅞", "1/0", "0/0", "9" * 400, "x" * 1000, "1,2,3/4/5", "１２"):
            found = operator(name)(text)
            assert found is None or isinstance(found, str)


def test_fractions_and_ranges() -> None:
    assert to_unit("47-1/4", target="cm", default="in", places=1) == "120.0"
    assert to_unit("1/4", target="cm", default="in", places=1) == "0.6"
    assert to_unit('11/32"', target="cm", default="in", places=1) == "0.9"
    assert to_unit('40" - 48"', target="cm", default="in", places=1) == "121.9"
    assert to_unit("none", target="cm", default="in", places=1) is None


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ValueError, match="no operator is called 'exec'"):
        operator("exec")


def test_pairs_are_joined_by_key_and_field() -> None:
    def product(**answers: tuple[Answer, ...]) -> LabelledProduct:
        found = {name: Answers(values) for name, values in answers.items()}
        return LabelledProduct(category="C", texts={"t": "x"}, answers=found, key="7")

    raw = product(A=(Answer("9 in", ("t",)), Answer("9 inches", ("d",))))
    normal = product(A=(Answer("22.9", ("t",)), Answer("23", ("d",))))
    pairs = align([raw], [normal], {"7": "g"})
    assert [(pair.raw, pair.normal, pair.group) for pair in pairs] == [("9 in", "22.9", "g"), ("9 inches", "23", "g")]


def _classes(attribute: str, words: list[str], normal: str) -> list[Pair]:
    return [Pair("C", attribute, word, normal, f"{attribute} {word}") for word in words]


def test_attributes_with_the_same_classes_learn_from_each_other() -> None:
    darks = ["jet", "jet black", "ebony", "night black", "black ink", "coal black"]
    lights = ["snow", "snow white", "ivory", "bone white", "white lace", "milk white"]
    color = _classes("Color", darks, "Black") + _classes("Color", lights, "White")
    shade = _classes("Shade", ["onyx", *darks[1:5]], "Black") + _classes("Shade", ["chalk", *lights[1:5]], "White")
    alone = learn_normaliser(color, seed=1).by_attribute["C", "Color"].known
    together = learn_normaliser([*color, *shade], seed=1).by_attribute["C", "Color"]
    assert together.method == "classes"
    assert set(together.known) - set(alone) == {"onyx", "chalk"}


def test_an_unknown_value_may_be_of_several_classes() -> None:
    pairs = _classes("A", [f"{size} drive" for size in "abcdef"], "Storage")
    pairs += _classes("A", [f"{size} cable" for size in "abcdef"], "Wiring")
    learned = learn_normaliser(pairs, seed=1)
    assert learned.options("C", "A", "A Drive") == (("Storage", 1.0),), "a value seen in training is of its class"
    unsure = dict(learned.options("C", "A", "drive cable"))
    assert set(unsure) == {"Storage", "Wiring"}
    assert sum(unsure.values()) == pytest.approx(1.0)


def test_whole_texts_have_a_say() -> None:
    pairs = _classes("A", [f"{size} drive" for size in "abcdef"], "Storage")
    pairs += _classes("A", [f"{size} cable" for size in "abcdef"], "Wiring")
    texts = [StatedClass("C", "A", f"spins fast model {n}", "Storage") for n in range(8)]
    texts += [StatedClass("C", "A", f"copper wire model {n}", "Wiring") for n in range(8)]
    texts += [StatedClass("C", "A", f"gift card model {n}", NOTHING) for n in range(8)]
    learned = learn_normaliser(pairs, texts, seed=1)
    found = learned.contexts("C", "A copper wire of ours")
    assert list(found) == ["A"]
    assert found["A"]["Wiring"] > 0.6
    assert sum(found["A"].values()) == pytest.approx(1.0)
    nothing = learned.contexts("C", "A gift card")["A"]
    assert max(nothing, key=lambda name: nothing[name]) == NOTHING
    assert learned.contexts("other", "copper") == {}
