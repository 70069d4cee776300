"""The merged parts of a product type on their way to a `ProductType`, each with the place where it was written."""

from dataclasses import dataclass, field

from attrgen_assets.domain.product_types.model import Attribute, EnumAttribute, EnumListAttribute, Feed, Gates, Texts
from attrgen_assets.domain.product_types.nodes import At, Path, Step
from attrgen_assets.domain.product_types.rules import Rule
from attrgen_assets.domain.product_types.trust import Calibration


@dataclass(slots=True)
class Places:
    """Where effective keys were written: in the type's own file, or in a common one.

    A place that was not noted is below the nearest one that was.
    """

    root: At
    noted: dict[Path, At] = field(default_factory=dict)

    def note(self, at: At, *path: Step) -> None:
        """`path` was written at `at`; later notes win."""
        self.noted[path] = at

    def at(self, *path: Step) -> At:
        """Where an effective key was written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.noted:
                return self.noted[path[:length]] / path[length:]
        return self.root / path


@dataclass(frozen=True, slots=True)
class Broken:
    """Parts of any of the files that were refused already, so that nobody complains about their absence."""

    paths: tuple[Path, ...] = ()

    def has(self, *path: Step) -> bool:
        """Whether something at, above or below `path` was refused."""
        return any(broken[: len(path)] == path or path[: len(broken)] == broken for broken in self.paths)


@dataclass(frozen=True, slots=True)
class Parts:
    """A product type whose parts are each sound; whether they fit together is what checks find out.

    unsound: attributes that exist but could not be built.
    """

    attributes: tuple[Attribute, ...]
    unsound: frozenset[str]
    feed: Feed
    texts: Texts
    rules: tuple[Rule, ...]
    gates: Gates
    calibration: Calibration | None
    places: Places
    broken: Broken

    def find(self, name: str) -> Attribute | None:
        """The attribute of that name, where it could be built."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    def values_broken(self, attribute: EnumAttribute | EnumListAttribute) -> bool:
        """Whether some legal values were refused already, so that a value may only seem to be unknown."""
        keys = ("values", "add_values", "drop_values", "vocabulary")
        own = any(self.broken.has("attributes", attribute.name, key) for key in keys)
        return own or self.broken.has("vocabularies", attribute.vocabulary)

    def names(self) -> list[str]:
        """All attributes, sound or not."""
        return [*(attribute.name for attribute in self.attributes), *sorted(self.unsound)]
