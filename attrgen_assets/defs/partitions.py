"""The one way in which this graph is cut: by product type, one partition per valid config file."""

import dagster as dg

PARTITIONS_NAME = "product_types"

product_types = dg.DynamicPartitionsDefinition(name=PARTITIONS_NAME)
"""Keys come and go with the config files; see `sensors.new_config_sensor` and `attrgen run`."""
