"""The assets, one file a step."""

from attrgen_assets.defs.assets.attribute_model import attribute_model
from attrgen_assets.defs.assets.generated_attributes import generated_attributes
from attrgen_assets.defs.assets.raw_products import raw_products
from attrgen_assets.defs.assets.stored_documents import stored_documents
from attrgen_assets.defs.assets.validated_attributes import validated_attributes

ASSETS = (raw_products, generated_attributes, validated_attributes, stored_documents)
"""The graph, in the order in which a run works through it."""

MODELS = (attribute_model,)
"""What is made beside the graph, when somebody asks for it."""
