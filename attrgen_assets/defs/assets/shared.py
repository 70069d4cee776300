"""What all steps have in common in the graph."""

from typing import Final

import dagster as dg

from attrgen_assets.adapters.configs import ConfigInForce
from attrgen_assets.defs.metadata import Metadata

GROUP: Final = "catalogue"

CODE_VERSION: Final = "1"
"""Raise it when a step gives other answers from the same input: the UI then marks what is out of date."""

OWNERS: Final = ["team:catalogue"]


def config_metadata(config: ConfigInForce) -> Metadata:
    """Which config was used, and why it is not the file on disk where it is not."""
    product_type = config.product_type
    metadata: Metadata = {
        "product_type": dg.MetadataValue.text(product_type.title),
        "config_version": dg.MetadataValue.text(product_type.config_version),
        "config_fingerprint": dg.MetadataValue.text(config.fingerprint),
    }
    if config.error is not None:
        problems = "\n".join(f"- {problem}" for problem in config.error.problems)
        metadata["config_is_last_good"] = dg.MetadataValue.md(
            f"The file on disk is invalid; its last good state was used.\n\n{problems}"
        )
    return metadata
