"""Single linkage against merging pairs until nothing changes."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from attrgen_assets.domain.attributes.slips import undoubled
from attrgen_assets.domain.schema_matching.clustering import ALIKE, cluster

WORD = st.sampled_from(["wool", "woolen", "woollen", "jute", "jutes", "acrylic", "knit", "mix"])
TEXTS = st.lists(st.lists(WORD, min_size=1, max_size=3).map(" ".join), max_size=8, unique=True)


def are_linked(one: str, other: str) -> bool:
    ours, theirs = set(one.split()), set(other.split())
    shared = len(ours & theirs) / len(ours | theirs)
    return OSA.normalized_similarity(undoubled(one), undoubled(other)) >= ALIKE - 1e-6 or shared >= 0.66


def slow_clusters(texts: list[str]) -> list[list[int]]:
    groups = [[index] for index in range(len(texts))]
    for _ in texts:
        for one, other in permutations(groups, 2):
            if any(are_linked(texts[i], texts[j]) for i in one for j in other):
                one.extend(other)
                other.clear()
    return sorted(sorted(group) for group in groups if group)


@given(TEXTS)
def test_clusters(texts: list[str]) -> None:
    assert sorted(cluster(texts)) == slow_clusters(texts)


def test_a_chain_is_one_cluster() -> None:
    assert cluster(["acrylic wool", "acrylic wool knit", "wool knit", "jute"]) == [[0, 1, 2], [3]]
