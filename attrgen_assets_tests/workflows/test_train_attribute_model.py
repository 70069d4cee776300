"""Models from stored documents: who is held out, when a new one is promoted, and what is kept of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from attrgen_assets.adapters.crfsuite import CrfSuite
from attrgen_assets.adapters.models.attribute_models import AttributeModels
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.attributes.lessons import is_held_out
from attrgen_assets.domain.attributes.model_proposer import ModelProposer
from attrgen_assets.domain.attributes.model_score import ModelScore
from attrgen_assets.domain.attributes.ports import Question
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.learning import train
from attrgen_assets.domain.extraction.model import TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.scoring import Score
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.workflows.read import read_products
from attrgen_assets.workflows.train_attribute_model import AttributeModelReport, train_attribute_model
from attrgen_assets_tests.factories import make_documents, make_product_type
from attrgen_assets_tests.readers import RowsReader
from attrgen_assets_tests.workflows.remembered import OverridesInMemory

NOW = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
SAREE = make_product_type()
COLORS = {"Red": "red", "Blue": "blue", "Green": "green", "Navy Blue": "navy"}
FABRICS = ("Cotton", "Silk", "Georgette")


@dataclass
class DocumentsInMemory:
    """Stored documents by SKU."""

    documents: Mapping[str, Document]

    def content_hashes(self, product_type: str) -> Mapping[str, str]:
        """What a store would tell."""
        return {sku: document["content_hash"] for sku, document in self.documents.items()}

    def documents_of(self, product_type: str, skus: Sequence[str]) -> Iterator[Document]:
        """Those of the SKUs."""
        return (self.documents[sku] for sku in skus if sku in self.documents)


def make_rows(count: int) -> list[dict[str, Any]]:
    """Products whose titles say what they are made of."""
    random = Random(3)  # noqa: S311  made-up data, the same every time
    rows = []
    for number in range(count):
        color, fabric = random.choice(sorted(COLORS)), random.choice(FABRICS)
        title = f"{random.choice(['Woven', 'Plain', 'Festive'])} {COLORS[color]} {fabric.lower()} saree {number}"
        rows.append({"sku": f"A{number}", "title": title, "color": color, "fabric": fabric})
    return rows


class Shop:
    """Documents, texts and models of one product type."""

    def __init__(self, root: Path, rows: Sequence[Mapping[str, Any]], product_type: ProductType = SAREE) -> None:
        self.models = AttributeModels(root / "models")
        self.product_type = product_type
        self._documents = DocumentsInMemory({d["sku"]: d for d in make_documents(rows, product_type)})
        self._tables = ParquetTables(root / "tables")
        reader = RowsReader(*({"sku": row["sku"], "title": row["title"]} for row in rows))
        read_products(product_type, reader=reader, tables=self._tables, batch_rows=50)
        self.learned_from: list[LabelledProduct] = []

    def learn(self, products: Sequence[LabelledProduct]) -> TrainedExtractor:
        """Train well enough for a test, and note from what."""
        self.learned_from = list(products)
        return train(products, CrfSuite(), TrainingConfig(folds=2), classes=NO_CLASSES)

    def train(self, *overrides: Override, learn: Any = None, **options: Any) -> AttributeModelReport:
        """Train, measure and decide."""
        return train_attribute_model(
            self.product_type,
            documents=self._documents,
            overrides=OverridesInMemory(overrides),
            tables=self._tables,
            models=self.models,
            learn=learn or self.learn,
            now=NOW,
            batch_rows=50,
            **options,
        )


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, make_rows(150))


def unlearned(products: Sequence[LabelledProduct]) -> TrainedExtractor:
    """A model that has seen five products, and nothing of their fabrics."""
    few = [replace(product, answers={"color": product.answers["color"]}) for product in products[:5]]
    return train(few, CrfSuite(), TrainingConfig(folds=0), classes=NO_CLASSES)


def correct(sku: str, attribute: str, value: Any) -> Override:
    """A person's answer."""
    return Override(product_type="saree", sku=sku, attribute=attribute, value=value, by="a@example.com", at=NOW)


def test_the_first_model_is_promoted_and_proposes(shop: Shop) -> None:
    report = shop.train()
    assert (report.decision, report.former, report.in_force) == ("promoted", None, report.version)
    assert report.score is not None
    assert report.score.total.f1 > 0.9
    assert report.version is not None
    assert shop.models.current("saree") == report.version
    model = ModelProposer(shop.models.load("saree", report.version), product_type="saree", version=report.version)
    [values] = model.propose([Question(texts={"title": "Festive navy silk saree"}, attributes=("color", "fabric"))])
    assert {value.attribute: value.text for value in values} == {"color": "navy", "fabric": "silk"}
    assert all(0 < value.probability <= 1 and value.field == "title" for value in values)


def test_nothing_held_out_is_learned_from_whoever_else_is_there(tmp_path: Path) -> None:
    few, many = Shop(tmp_path / "few", make_rows(120)), Shop(tmp_path / "many", make_rows(150))
    for shop in (few, many):
        report = shop.train(learn=lambda products, shop=shop: unlearned(shop.learned_from.extend(products) or products))
        skus = {product.key for product in shop.learned_from}
        assert not any(is_held_out(str(sku)) for sku in skus)
        assert len(skus) == report.products - report.held_out
        assert report.held_out > 10


def test_a_model_that_is_as_good_does_not_replace_the_current_one(shop: Shop) -> None:
    first, second = shop.train(), shop.train()
    assert (second.decision, second.promoted, second.in_force) == ("kept the current model", False, first.version)
    assert second.score == second.former_score == first.score
    assert "is equal to" in second.reasons[0]
    assert shop.models.current("saree") == first.version
    assert [record["decision"] for record in shop.models.records("saree")] == ["promoted", "kept the current model"]


def test_a_better_model_replaces_a_worse_one_and_not_the_other_way_round(shop: Shop) -> None:
    worse, better, again = shop.train(learn=unlearned), shop.train(), shop.train(learn=unlearned)
    assert [report.decision for report in (worse, better, again)] == ["promoted", "promoted", "kept the current model"]
    assert better.former_score == worse.score, "the same model on the same products"
    assert again.former_score == better.score
    assert shop.models.current("saree") == better.version


def test_what_is_known_of_a_model_lies_beside_it(shop: Shop, tmp_path: Path) -> None:
    report = shop.train()
    record = json.loads((tmp_path / "models" / "saree" / f"{report.version}.json").read_text())
    assert (record["version"], record["decision"], record["trained_at"]) == (
        report.version,
        "promoted",
        "2024-05-17T08:30:00+00:00",
    )
    assert record["products"] == report.products == 150
    assert record["score"]["VC"] > 0
    assert record["compared_score"] is None
    assert record["reasons"] == list(report.reasons)


def test_too_few_products_are_told_and_nothing_is_made(tmp_path: Path) -> None:
    shop = Shop(tmp_path, make_rows(30))
    report = shop.train()
    assert (report.decision, report.version, report.in_force) == ("not trained", None, None)
    assert report.reasons[0].startswith("30 labelled products, and 100 are needed")
    assert (shop.learned_from, shop.models.records("saree")) == ([], [])


def test_an_empty_catalogue_is_not_an_error(tmp_path: Path) -> None:
    assert Shop(tmp_path, []).train().decision == "not trained"


def test_corrections_are_always_among_the_products(shop: Shop) -> None:
    overrides = [correct(f"A{number}", "color", "Off White") for number in range(140, 150)]
    report = shop.train(*overrides, learn=unlearned, most_products=20, least_products=5)
    assert (report.products, report.corrected) == (20, 10)
    assert report.score is not None
    held = sum(is_held_out(override.sku) for override in overrides)
    counted = report.score.corrected
    assert counted.vc + counted.vw + counted.vn == held > 0


def test_a_damaged_current_model_does_not_block_a_new_one(shop: Shop, tmp_path: Path) -> None:
    first = shop.train()
    (tmp_path / "models" / "saree" / str(first.version) / "weights.npz").write_bytes(b"")
    second = shop.train()
    assert second.promoted
    assert "cannot be used" in second.reasons[0]
    assert shop.models.current("saree") == second.version


def test_training_again_gives_the_same_bytes(shop: Shop, tmp_path: Path) -> None:
    versions = [shop.train().version, shop.train().version]
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / "models" / "saree" / str(version)).iterdir()}
        for version in versions
    ]
    assert files[0] == files[1]


def test_a_model_that_says_too_much_of_what_is_seldom_stated_is_not_trusted_with_it(tmp_path: Path) -> None:
    rows = make_rows(200)
    for number, row in enumerate(rows):
        if number % 10:  # the same cloth stands in every title, and only in a tenth of them is it that of the blouse
            row["title"] = row["title"].replace("saree", "saree with a piece")
        else:
            row |= {"title": row["title"].replace("saree", "saree with blouse"), "blouse_fabric": row["fabric"]}
    shop = Shop(tmp_path, rows)
    report = shop.train()
    assert report.score is not None
    stated = report.score.by_attribute["blouse_fabric"]
    assert 0 < stated.vc + stated.vn + stated.vw < 10
    assert report.score.trust["color"] == report.score.trust["fabric"] == 1.0
    assert report.score.trust["blouse_fabric"] < 0.5
    trust = shop.models.trust("saree", str(report.version))
    assert trust == pytest.approx(report.score.trust, abs=1e-4)
    model = shop.models.load("saree", str(report.version))
    question = Question(texts={"title": "Plain red silk saree with blouse"}, attributes=("color", "blouse_fabric"))

    def proposed(trust: Mapping[str, float] | None) -> dict[str, float]:
        proposer = ModelProposer(model, product_type="saree", version="1", trust=trust)
        [values] = proposer.propose([question])
        return {value.attribute: value.probability for value in values}

    plain, tempered = proposed(None), proposed({"color": 1.0, "blouse_fabric": 0.1})
    assert tempered["color"] == plain["color"]
    assert tempered["blouse_fabric"] == pytest.approx(0.1 * plain["blouse_fabric"])
    assert set(proposed({}).values()) == {0.0}, "what was not measured is not trusted"


@pytest.mark.parametrize(("unheard", "trust"), [(0, 1.0), (1, 1.0), (4, 1.0), (5, 0.8), (40, 0.1)])
def test_of_what_nobody_heard_no_more_can_be_right_than_was_found(unheard: int, trust: float) -> None:
    found = Score(nn=3, nv=1, vn=1, vc=2, vw=1)  # four stated
    score = ModelScore(total=found, by_attribute={"color": found}, corrected=Score(), unheard={"color": unheard})
    assert score.trust == {"color": pytest.approx(trust)}
