"""The last good effective config of each product type, kept apart from the files that people edit."""

import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import StorageFull


class LastGoodConfigs:
    """One JSON file per product type under `root`, replaced atomically."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def remember(self, product_type: ProductType) -> None:
        """Keep a copy; nothing is written where the same config is already kept.

        Its version would not do to tell: gates and feed paths change no answer, and no version.

        Raises:
            StorageFull: the disk took no copy; the former one is intact.
        """
        if self.recall(product_type.name) == product_type:
            return
        path = self._path(product_type.name)
        temporary: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
                temporary = Path(file.name)
                file.write(product_type.model_dump_json(indent=1))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            raise StorageFull(f"{path}: the config in force cannot be kept: {error.strerror}") from error

    def recall(self, name: str) -> ProductType | None:
        """The copy kept of that product type; None where there is none, or none that this release can read."""
        try:
            return ProductType.model_validate_json(self._path(name).read_text(encoding="utf-8"))
        except (OSError, ValidationError, UnicodeDecodeError):
            return None  # not there, or written by another release: the next valid file replaces it

    def names(self) -> tuple[str, ...]:
        """Product types of which a copy is kept."""
        return tuple(sorted(path.stem for path in self._root.glob("*.json")))

    def _path(self, name: str) -> Path:
        return self._root / f"{name}.json"
