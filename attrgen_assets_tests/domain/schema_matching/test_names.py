"""Names of columns against the names of fields."""

import pytest

from attrgen_assets.domain.schema_matching.names import name_similarity, name_words


@pytest.mark.parametrize("name", ["Product_Name", "product name", "ProductName", "NAME_PRODUCT"])
def test_the_same_words_are_the_same_name(name: str) -> None:
    assert name_similarity(name, ["product_name"]) == 1.0


def test_words_that_tell_nothing_count_only_alone() -> None:
    assert name_words("Details of the Product") == ("details", "of", "the", "product")
    assert name_words("Fabric Details") == ("fabric",)


def test_more_shared_words_are_more_alike() -> None:
    known = ["sleeve_length"]
    scores = [name_similarity(name, known) for name in ("Sleeve Lenght", "Sleeve", "Sleeve Cut Style", "Warranty")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.9
    assert scores[-1] == 0.0


def test_the_nearest_of_several_names_counts() -> None:
    assert name_similarity("Material", ["fabric", "material"]) == 1.0
    assert name_similarity("Material", []) == 0.0
    assert name_similarity("!!!", ["material"]) == 0.0
