"""The guard in front of the store: nothing is written that the config would not allow.

The validator has already decided; the guard decides again from the config alone, so that a defect between the two
is an error that names the value, and never a document.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.documents.models import entry_model, envelope_model
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.tables import Status
from attrgen_assets.errors import TerminalError

_SHOWN: Final = 300  # characters of a refused value or of a list of legal ones that a message repeats
_PROBLEMS: Final = 10  # of one document that a message lists


class DocumentGuard:
    """Checks documents of one product type.

    `check_entry` and `check_envelope` together check what `document_model` does; apart, because a batch of documents
    shares its entries.
    """

    def __init__(self, product_type: ProductType) -> None:
        self._product_type = product_type
        self._entries = {attribute.name: entry_model(attribute) for attribute in product_type.attributes}
        self._envelope = envelope_model(product_type)
        self._required = [attribute.name for attribute in product_type.attributes if attribute.required]

    def check_entry(self, name: str, entry: Mapping[str, Any], *, sku: str) -> None:
        """Raises TerminalError unless `entry` is a legal answer for the attribute `name`."""
        self._check(self._entries[name], entry, sku=sku, place=f"attribute {name}")

    def check_envelope(self, document: Mapping[str, Any]) -> None:
        """Raises TerminalError unless everything outside the entries is in order, `missing` included."""
        sku, attributes = document["sku"], document["attributes"]
        self._check(self._envelope, document, sku=sku, place="document")
        found = [name for name in self._required if attributes[name]["status"] == Status.FOUND]
        nowhere = [name for name in self._required if attributes[name]["status"] == Status.NOT_FOUND]
        missing = set(document["missing"])
        if missing.intersection(found) or not missing.issuperset(nowhere):
            raise TerminalError(
                f"{self._named(sku)}: missing: found {sorted(missing)}, but of the required attributes "
                f"{nowhere} are NOT_FOUND and {found} are FOUND; nothing was written. {_ADVICE}"
            )

    def _check(self, model: type[BaseModel], value: Mapping[str, Any], *, sku: str, place: str) -> None:
        try:
            model.model_validate(value)
        except ValidationError as error:
            problems = error.errors(include_url=False)
            told = "; ".join(
                f"{'.'.join([place, *map(str, problem['loc'])])}: found {_short(repr(problem['input']))}, "
                f"allowed: {_short(problem['msg'])}"
                for problem in problems[:_PROBLEMS]
            )
            raise TerminalError(f"{self._named(sku)}: {told}; nothing of it was written. {_ADVICE}") from error

    def _named(self, sku: str) -> str:
        return f"document {_short(document_id(self._product_type.name, str(sku)))}"


_ADVICE: Final = "The validated table does not agree with the config in force: materialise it again from raw_products"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"
