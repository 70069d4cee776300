"""Parts of a model as arrays and back."""

from attrgen_assets.adapters.extraction_arrays import dump_parts, load_parts
from attrgen_assets.domain.extraction.boundaries import count_boundaries
from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.training import Parts


def test_values_read_back_count_as_often_as_before() -> None:
    mentions = [Mention(f"row {at}", "Tea", "Flavor", ("mint",)) for at in range(5)]
    parts = Parts({"Tea": ["Flavor"]}, {}, {}, [*mentions, Mention("row 9", "Tea", "Flavor", ("lime", "zest"))])
    arrays, features, gazetteer, layout = dump_parts(parts)
    read = load_parts(arrays, features, gazetteer, layout)
    assert count_boundaries(read.mentions) == count_boundaries(parts.mentions)
