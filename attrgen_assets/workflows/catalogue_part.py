"""Make a part's record out of what suppliers said, have it judged, and store it as a document."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from attrgen_assets.domain.catalogue.record import CatalogRecord
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE, parts_config_version
from attrgen_assets.domain.parts.settle import settled_record
from attrgen_assets.domain.ports import Document, StoreReport
from attrgen_assets.domain.verdicts.content_settled import settled_content
from attrgen_assets.workflows.ask import PartAnswers
from attrgen_assets.workflows.judge import Judged, JudgePorts, judge
from attrgen_assets.workflows.store_record import RecordStore, StoredRecord, store_record


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePorts:
    """What making a record needs from outside.

    rules, registry: of the config. model: what is known of the sources. judge: who is asked about conflicts; by
    default nobody. now: UTC.
    """

    documents: RecordStore
    rules: PartRules
    now: Callable[[], datetime]
    registry: AttributeRegistry = field(default_factory=AttributeRegistry)
    model: SourceModel | None = None
    judge: JudgePorts = field(default_factory=JudgePorts)


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
    record = await asyncio.to_thread(_fused, answers, claims, ports)
    judged = await judge(record, claims, ports=ports.judge)
    silent = frozenset(answer.supplier for answer in answers.current if not answer.whole)
    why = f"looked up as {record.part_number}"
    stored = await asyncio.to_thread(_store, judged, claims, ports=ports, run_id=run_id, why=why, silent=silent)
    return CataloguedPart(record=stored.record, document=stored.document, stored=stored.report)


def _store(
    judged: Judged,
    claims: Sequence[Claim],
    *,
    ports: CataloguePorts,
    run_id: str,
    why: str,
    silent: frozenset[str],
) -> StoredRecord:
    version = parts_config_version(ports.rules, ports.registry)
    written, verdicts = judged.content.model_dump(mode="json"), judged.verdicts.model_dump(mode="json")

    def made(settled: PartRecord) -> Document:
        content = settled_content(written, written_for=judged.record, stored=settled)
        found = CatalogRecord.of(settled, claims, ports.registry, content=content, verdicts=verdicts)
        return found.document(run_id=run_id, at=ports.now(), config_version=version)

    return store_record(
        judged.record, store=ports.documents, rules=ports.rules, made=made, by="lookup", why=why, silent=silent
    )


def _fused(answers: PartAnswers, claims: Sequence[Claim], ports: CataloguePorts) -> PartRecord:
    """The fused record with what people said of it, which nobody is asked about."""
    record = fused_record(answers.chain, claims, ports.rules, model=ports.model)
    reviewed = ports.documents.overrides_of(PRODUCT_TYPE, record.mpn)
    return settled_record(record, stored=None, reviewed=reviewed, rules=ports.rules) if reviewed else record
