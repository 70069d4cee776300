"""The tables that pass between the steps of parts: names and types, said once.

PART_REQUESTS: one line per row of the request file, refused or not.
SUPPLIER_RESPONSES: one line per part number asked about, part number of its chain, and supplier.
SUPPLIER_OFFERS: one line per claim about the part that is sold, with the part number that was asked about.
FUSED_PRODUCTS: one line per part number asked about; `record` is null where no supplier knows it.
AI_VERDICTS: one line per record; `record` is that of fused_products after the consensus.
CATALOG_RECORDS: one line per part that is sold. SPEC_TABLES: one line per specification of such a part.

`record`, `verdicts`, `content` and `catalog_record` are JSON of the models of those names.
"""

from typing import Final

import polars as pl

REQUESTS: Final = "part_requests"
RESPONSES: Final = "supplier_responses"
OFFERS: Final = "supplier_offers"
FUSED: Final = "fused_products"
VERDICTS: Final = "ai_verdicts"
RECORDS: Final = "catalog_records"
SPECIFICATIONS: Final = "spec_tables"

REQUESTS_SCHEMA: Final = pl.Schema(
    {
        "source_file": pl.String(),
        "row_number": pl.UInt32(),
        "given": pl.String(),
        "part_number": pl.String(),
        "refused": pl.String(),
        "refused_detail": pl.String(),
    }
)
RESPONSES_SCHEMA: Final = pl.Schema(
    {
        "part_number": pl.String(),
        "asked_for": pl.String(),
        "chain": pl.List(pl.String),
        "chain_end": pl.String(),
        "supplier": pl.String(),
        "place": pl.String(),
        "outcome": pl.String(),
        "reason": pl.String(),
        "responses": pl.UInt32(),
        "claims": pl.UInt32(),
        "asked_at": pl.Datetime("us", "UTC"),
        "elapsed_s": pl.Float64(),
        "remembered": pl.Boolean(),
    }
)
FUSED_SCHEMA: Final = pl.Schema(
    {
        "part_number": pl.String(),
        "mpn": pl.String(),
        "part_title": pl.String(),
        "manufacturer": pl.String(),
        "primary_category": pl.String(),
        "current_selling_price": pl.Float64(),
        "found": pl.UInt32(),
        "complete": pl.Boolean(),
        "needs_review": pl.List(pl.String),
        "record": pl.String(),
    }
)
VERDICTS_SCHEMA: Final = pl.Schema(
    {
        "part_number": pl.String(),
        "mpn": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "fields_asked": pl.List(pl.String),
        "fields_changed": pl.List(pl.String),
        "needs_review": pl.List(pl.String),
        "tokens": pl.Int64(),
        "cost": pl.Float64(),
        "record": pl.String(),
        "verdicts": pl.String(),
        "content": pl.String(),
    }
)
RECORDS_SCHEMA: Final = pl.Schema(
    {
        "mpn": pl.String(),
        "part_number": pl.String(),
        "part_title": pl.String(),
        "manufacturer": pl.String(),
        "primary_category": pl.String(),
        "current_selling_price": pl.Float64(),
        "found": pl.UInt32(),
        "specifications": pl.UInt32(),
        "complete": pl.Boolean(),
        "needs_review": pl.List(pl.String),
        "silent": pl.List(pl.String),
        "record": pl.String(),
        "catalog_record": pl.String(),
    }
)
SPECIFICATIONS_SCHEMA: Final = pl.Schema(
    {
        "mpn": pl.String(),
        "category": pl.String(),
        "name": pl.String(),
        "display_name": pl.String(),
        "kind": pl.String(),
        "value": pl.String(),
        "unit": pl.String(),
        "text": pl.String(),
        "source": pl.String(),
        "confidence": pl.Float64(),
        "discovered": pl.Boolean(),
    }
)
