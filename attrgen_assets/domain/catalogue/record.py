"""The catalogue record of a part: its fields, its specification table, its texts, and how they came to be."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.catalogue.specifications import SpecTable, spec_table, with_own_rows
from attrgen_assets.domain.images.part_images import image_urls, images_of
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.record_document import part_hash, record_document, record_of_document
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.verdicts.content_settled import settled_content


class CatalogRecord(BaseModel):
    """All that is published of a part.

    content: title and description. verdicts: what language models were asked and said. images: those that were
    fetched. Each as the JSON of its model, None where it was not made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: PartRecord
    specifications: SpecTable
    content: Mapping[str, Any] | None = None
    verdicts: Mapping[str, Any] | None = None
    images: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, record: PartRecord, claims: Sequence[Claim], registry: AttributeRegistry, **blocks: Any) -> Self:
        """The catalogue record of a part's record; claims: about the part, with the suppliers' own tables."""
        return cls(record=record, specifications=spec_table(record, claims, registry), **blocks)

    def with_record(self, record: PartRecord, registry: AttributeRegistry) -> Self:
        """The same with another state of the record, and with the table and the texts that hold of that."""
        if record == self.record:
            return self
        content = settled_content(self.content, written_for=self.record, stored=record)
        table = with_own_rows(self.specifications, record, registry)
        return self.model_copy(update={"record": record, "specifications": table, "content": content})

    def document(self, *, run_id: str, at: datetime, config_version: str) -> Document:
        """As it is stored."""
        return record_document(
            self.record,
            run_id=run_id,
            at=at,
            config_version=config_version,
            specifications=self.specifications,
            blocks={"content": self.content, "verdicts": self.verdicts, "images": self.images},
        )


def remade_document(
    document: Document,
    record: PartRecord,
    *,
    registry: AttributeRegistry,
    run_id: str,
    at: datetime,
) -> Document:
    """A stored document with another record in it, as after a correction: the rest stays as far as it is not of it.

    Texts that say what is no longer so are written again, by the template.
    """
    table = SpecTable.model_validate(document.get("specifications") or {})
    blocks = {name: document.get(name) for name in ("verdicts", "images")}
    before = record_of_document(document)
    blocks["content"] = settled_content(document.get("content"), written_for=before, stored=record)
    made = record_document(
        record,
        run_id=run_id,
        at=at,
        config_version=document["config_version"],
        specifications=with_own_rows(table, record, registry),
        blocks=blocks,
    )
    return made | {"content_hash": part_hash(made)}


def with_images_of(pictures: Mapping[str, Any] | None, document: Document) -> Document:
    """The document with what is known of the pictures that it names; what is known of others is left out."""
    kept = images_of(pictures, image_urls(document))
    if kept == document.get("images"):
        return document
    made = {name: value for name, value in document.items() if name != "images"} | ({"images": kept} if kept else {})
    return made | {"content_hash": part_hash(made)}
