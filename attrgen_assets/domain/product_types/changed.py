"""One difference between two configs."""

from dataclasses import dataclass
from typing import Literal

from attrgen_assets.domain.product_types.touches import Touch

What = Literal["added", "removed", "renamed?", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was added, removed, changed, or (by its spelling or its synonyms) probably renamed.

    subject: what it is of: an attribute, a value, a synonym, a rule, a source, a setting.
    where: the attribute, rule or section that it belongs to.
    touches: documents that may get another answer; none where no answer depends on it.
    """

    what: What
    subject: str
    where: str
    old: str | None = None
    new: str | None = None
    touches: tuple[Touch, ...] = ()

    def __str__(self) -> str:
        name = {"added": self.new, "removed": self.old}.get(self.what) or f"{self.old} -> {self.new}"
        place = f" of {self.where}" if self.where else ""
        return f"{self.what} {self.subject}{place}: {name}"
