"""Which stored documents a change of config may touch: a small closed set of conditions on one attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from attrgen_assets.domain.tables import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A condition that a document meets or not; of the conditions given, all must hold.

    attribute: None stands for every document of the product type, whatever it says.
    value: the attribute is FOUND and this is its value, or one of them.
    status: the attribute has this status.
    outside: the attribute is FOUND and its number is not within (least, most).
    source: (generator, field) that its value came from.
    """

    attribute: str | None = None
    value: str | bool | None = None
    status: Status | None = None
    outside: tuple[float, float] | None = None
    source: tuple[str, str] | None = None

    def matches(self, document: Mapping[str, Any]) -> bool:
        """Whether a document meets the condition; one without the attribute meets none.

        >>> document = {"attributes": {"color": {"value": "Red", "status": "FOUND"}}}
        >>> [Touch(attribute=name, value="Red").matches(document) for name in ("color", "size")]
        [True, False]
        """
        if self.attribute is None:
            return True
        entry = document.get("attributes", {}).get(self.attribute)
        if entry is None:
            return False
        found = entry.get("value") if entry.get("status") == Status.FOUND else None
        provenance = entry.get("provenance") or {}
        return (
            (self.value is None or found == self.value or (isinstance(found, list) and self.value in found))
            and (self.status is None or entry.get("status") == self.status)
            and (self.outside is None or _is_outside(found, self.outside))
            and (self.source is None or _came_from(provenance, *self.source))
        )

    def __str__(self) -> str:
        if self.attribute is None:
            return "every document"
        said = [
            f"is {self.value!r}" if self.value is not None else "",
            f"is {self.status}" if self.status is not None else "",
            f"is outside of {self.outside[0]:g} to {self.outside[1]:g}" if self.outside is not None else "",
            f"came from {self.source[0]} {self.source[1]}" if self.source is not None else "",
        ]
        return f"{self.attribute} {' and '.join(part for part in said if part) or 'is there'}"


def _came_from(provenance: Mapping[str, Any], generator: str, field: str) -> bool:
    """Whether a generator found the value in this field, or in several of which this is one."""
    return provenance.get("generator") == generator and field in (provenance.get("field") or "").split(", ")


def _is_outside(value: Any, limits: tuple[float, float]) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and not limits[0] <= value <= limits[1]


EVERY_DOCUMENT: Final = Touch()


class DocumentCounter(Protocol):
    """Counts documents that a change of config may touch: the port of `workflows.compare`."""

    def count_touched(self, product_type: str, touches: Sequence[Touch]) -> tuple[list[int], int]:
        """Documents of the type that meet each of the conditions, and those that meet any of them."""
        ...
