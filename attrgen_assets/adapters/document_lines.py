"""Documents in a file of JSON lines, as `attrgen generate` writes them."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrgen_assets.domain.product_types.touches import Touch
from attrgen_assets.errors import FeedError


class DocumentLines:
    """The DocumentCounter over such a file, which is read once per count, line by line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def count_touched(self, product_type: str, touches: Sequence[Touch]) -> tuple[list[int], int]:
        """Documents of the type that meet each of the conditions, and those that meet any of them.

        Raises FeedError where the file cannot be read or has a line that is no document.
        """
        counts, touched = [0] * len(touches), 0
        for document in self._documents():
            if document.get("product_type") == product_type:
                met = [touch.matches(document) for touch in touches]
                counts = [count + hit for count, hit in zip(counts, met, strict=True)]
                touched += any(met)
        return counts, touched

    def _documents(self) -> Iterator[dict[str, Any]]:
        try:
            with self._path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield self._document(line, number)
        except (OSError, UnicodeDecodeError) as error:
            raise FeedError(f"{self._path}: cannot be read: {error}") from error

    def _document(self, line: str, number: int) -> dict[str, Any]:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FeedError(f"{self._path}:{number}: not a line of JSON: {error}") from error
        attributes = document.get("attributes") if isinstance(document, dict) else None
        if not isinstance(attributes, dict) or not all(isinstance(entry, dict) for entry in attributes.values()):
            raise FeedError(f"{self._path}:{number}: not a document, as `attrgen generate` writes them")
        return dict(document)
