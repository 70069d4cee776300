"""Models in the graph: trained when asked, used by the next run, and told in the metadata."""

import json
from typing import Any

import pytest

from attrgen_assets.definitions import TRAINING_JOB
from attrgen_assets_tests.adapters.models.chat_server import KEY, Reply, chat_server
from attrgen_assets_tests.defs.installation import Installation, failure_of, metadata_of

COLORS = ("crimson", "navy", "green")
COLUMN = "sources: [{column: color}]"


def write_shop(shop: Installation, *, rows: int, source: str | None = None) -> None:
    """A feed whose titles say the colour, and whose column of colours is empty in every tenth row."""
    lines = [
        f"A{number},{COLORS[number % 3]} saree {number},{COLORS[number % 3] if number % 10 else ''},5 m"
        for number in range(rows)
    ]
    shop.write_feed("saree", "\n".join(["sku,title,color,length", *lines]) + "\n")
    shop.batch_rows = 50
    if source is not None:
        shop.write_type("saree", (COLUMN, f"sources: [{{column: color}}, {source}]"))


def run(shop: Installation, asset: str, **options: Any) -> dict[str, Any]:
    """The metadata of one asset after a run that must succeed."""
    result = shop.run("saree", **options)
    assert result.success
    return metadata_of(result)[asset]


def train(shop: Installation) -> dict[str, Any]:
    """The metadata of training."""
    return run(shop, "attribute_model", job_name=TRAINING_JOB)


def test_a_model_is_trained_promoted_and_used(shop: Installation) -> None:
    write_shop(shop, rows=150, source="{model: title, confidence: 0.9}")
    before = run(shop, "generated_attributes")
    assert "candidates_by_model" not in before
    assert "no model is promoted" in before["models_notes"]
    first = train(shop)
    assert (first["decision"], first["labelled_products"]) == ("promoted", 135)
    assert first["model_version"] == first["current_version"]
    assert first["score_micro_f1"] > 0.9
    assert {row["attribute"]: row["rows"] for row in first["labels"]} == {"color": 135}
    documents = metadata_of(result := shop.run("saree"))
    assert result.success
    assert documents["generated_attributes"]["model_version"] == first["model_version"]
    assert documents["generated_attributes"]["candidates_by_model"] == 150
    assert documents["stored_documents"]["documents_changed"] == 15, "those whose column said nothing"
    assert documents["validated_attributes"]["coverage_of_required"] == 1.0
    again = train(shop)
    assert again["labelled_products"] == 150
    assert again["current_version"] in (first["model_version"], again["model_version"])
    assert again["current_score_micro_f1"] > 0.9


def test_too_few_products_are_no_failure(shop: Installation) -> None:
    assert shop.run("saree").success
    metadata = train(shop)
    assert metadata["decision"] == "not trained"
    assert "100 are needed" in metadata["reasons"]
    assert "model_version" not in metadata


def test_a_damaged_model_stops_the_run_with_what_to_do(shop: Installation) -> None:
    write_shop(shop, rows=150)
    assert shop.run("saree").success
    version = train(shop)["model_version"]
    (shop.root / "home" / "models" / "saree" / version / "weights.npz").write_bytes(b"")
    assert shop.run("saree").success, "no source asks for it"
    write_shop(shop, rows=150, source="{model: title}")
    message, metadata = failure_of(shop.run("saree"), "generated_attributes")
    assert "weights.npz" in message
    assert metadata["trying_again_may_help"] is False


def test_a_language_model_answers_what_nobody_else_does(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shop(shop, rows=40, source="{llm: title}")
    without = run(shop, "generated_attributes")
    assert "no language model is named" in without["models_notes"]
    with chat_server(lambda _: Reply(json.dumps({"color": "Green"}))) as server:
        for name, value in {"BASE_URL": server.url, "API_KEY": KEY, "MODEL": "tiny", "MAX_CALLS": "3"}.items():
            monkeypatch.setenv(f"ATTRGEN_LLM_{name}", value)
        asked = run(shop, "generated_attributes")
        assert (len(server.requests), asked["llm_calls"], asked["llm_not_asked"]) == (3, 3, 1)
        assert (asked["llm_version"], asked["candidates_by_llm"]) == ("tiny/1", 3)
        assert "3 calls" in asked["models_notes"]
        again = run(shop, "generated_attributes")
        assert (len(server.requests), again["llm_from_cache"], again["candidates_by_llm"]) == (4, 3, 4)
        assert KEY not in str(asked) + str(again)
