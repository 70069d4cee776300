"""Make a part's record out of what suppliers said, and store it as a document."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import record_document
from attrgen_assets.domain.ports import Document, DocumentStore, StoreReport
from attrgen_assets.workflows.ask import PartAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePorts:
    """What making a record needs from outside. rules: of the fields. model: what is known of the sources. now: UTC."""

    documents: DocumentStore
    rules: PartRules
    now: Callable[[], datetime]
    model: SourceModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguedPart:
    """A record, the document that it became, and what storing it did."""

    record: PartRecord
    document: Document
    stored: StoreReport


async def catalogue_part(answers: PartAnswers, *, ports: CataloguePorts, run_id: str) -> CataloguedPart | None:
    """The record of the part that is sold, stored; None, and nothing is stored, where no supplier says a thing of it.

    Raises what the store raises.
    """
    claims = [claim for answer in answers.current for claim in answer.claims]
    if not claims:
        return None
    record = await asyncio.to_thread(fused_record, answers.chain, claims, ports.rules, model=ports.model)
    document = record_document(record, run_id=run_id, at=ports.now())
    stored = await asyncio.to_thread(ports.documents.write_documents, [document])
    return CataloguedPart(record=record, document=document, stored=stored)
