"""How the graph is cut: by product type. Those with a feed come and go with their config files."""

import dagster as dg

from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE

PARTITIONS_NAME = "product_types"

product_types = dg.DynamicPartitionsDefinition(name=PARTITIONS_NAME)
"""Keys come and go with the config files; see `sensors.new_config_sensor` and `attrgen run`."""

part_types = dg.StaticPartitionsDefinition([PRODUCT_TYPE])
"""Product types whose input is suppliers: other steps, so that no feed type can be sent through them by mistake."""
