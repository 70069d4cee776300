"""Make a part's record out of what suppliers said, and store it as a document."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import record_document
from attrgen_assets.domain.ports import Document, DocumentStore, StoreReport
from attrgen_assets.workflows.ask import PartAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePorts:
    """What making a record needs from outside. rules: of the fields. now: UTC."""

    documents: DocumentStore
    rules: PartRules
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguedPart:
    """A record, the document that it became, and what storing it did."""

    record: PartRecord
    document: Document
    stored: StoreReport


async def catalogue_part(answers: PartAnswers, *, ports: CataloguePorts, run_id: str) -> CataloguedPart | None:
    """The record of the part that is sold, stored.

    None, and nothing is stored, where no supplier says anything of it that could be published: answers that nobody
    understood take the place of no record.

    Raises what the store raises.
    """
    claims = [claim for answer in answers.current for claim in answer.claims]
    if not any(claim.publishable for claim in claims):
        return None
    record = await asyncio.to_thread(fused_record, answers.chain, claims, ports.rules)
    document = record_document(record, run_id=run_id, at=ports.now())
    stored = await asyncio.to_thread(ports.documents.write_documents, [document])
    return CataloguedPart(record=record, document=document, stored=stored)
