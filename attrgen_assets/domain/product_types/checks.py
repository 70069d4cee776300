"""Whether the parts of a product type fit together."""

from attrgen_assets.domain.product_types.parts import Parts
from attrgen_assets.errors import Problem


def check_parts(parts: Parts) -> list[Problem]:
    """All that is wrong between the parts."""
    return []
