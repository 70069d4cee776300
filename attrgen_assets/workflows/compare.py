"""Compare two states of a product type: what changed, and how many documents each change may touch."""

from dataclasses import dataclass

from attrgen_assets.domain.product_types.changed import Change
from attrgen_assets.domain.product_types.diff import diff_product_types
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.touches import DocumentCounter, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The changes of a product type.

    counts: documents that meet each condition, empty where nobody counted.
    touched: documents that meet any of them; None where nobody counted.
    """

    product_type: str
    old_version: str
    new_version: str
    changes: tuple[Change, ...]
    counts: dict[Touch, int]
    touched: int | None

    @property
    def same_answers(self) -> bool:
        """Whether no answer can be different: the versions are the same."""
        return self.old_version == self.new_version


def compare_product_types(old: ProductType, new: ProductType, *, counter: DocumentCounter | None = None) -> Comparison:
    """All changes from `old` to `new`, with counts where there is somebody to count.

    Raises what the counter raises: StoreUnavailable, FeedError.
    """
    changes = tuple(diff_product_types(old, new))
    touches = list(dict.fromkeys(touch for change in changes for touch in change.touches))
    counts, touched = counter.count_touched(old.name, touches) if counter is not None else ([], None)
    return Comparison(
        product_type=new.name,
        old_version=old.config_version,
        new_version=new.config_version,
        changes=changes,
        counts=dict(zip(touches, counts, strict=False)),
        touched=touched,
    )
