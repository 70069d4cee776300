"""The assets of parts, one file a step: what suppliers say, made into one record per part."""

from attrgen_assets.defs.assets.parts.ai_verdicts import ai_verdicts
from attrgen_assets.defs.assets.parts.catalog_records import catalog_records
from attrgen_assets.defs.assets.parts.fused_products import fused_products
from attrgen_assets.defs.assets.parts.part_requests import part_requests
from attrgen_assets.defs.assets.parts.stored_documents import stored_parts
from attrgen_assets.defs.assets.parts.supplier_offers import supplier_offers
from attrgen_assets.defs.assets.parts.supplier_responses import supplier_responses

PARTS = (part_requests, supplier_responses, supplier_offers, fused_products, ai_verdicts, catalog_records, stored_parts)
"""The graph of parts, in the order in which a run works through it."""
