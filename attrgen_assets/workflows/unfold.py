"""Read a feed with its columns of key/value pairs unfolded."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from attrgen_assets.domain.ports import FeedInfo, FeedReader
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.domain.product_types.unfold import Unfolding


class UnfoldedFeed:
    """A reader whose frames have a column for each wanted key; see `domain.product_types.unfold`.

    What could not be read, and keys that nothing reads, are among the notes of `info`.
    """

    def __init__(self, reader: FeedReader, feed: Feed, *, all_keys: bool = False) -> None:
        self._reader = reader
        self._feed = feed
        self._all_keys = all_keys
        self.unfolding = Unfolding(feed, all_keys=all_keys)

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """The reader's frames, unfolded; the counts start anew with every reading."""
        self.unfolding = Unfolding(self._feed, all_keys=self._all_keys)
        for frame in self._reader.read_batches(batch_rows=batch_rows):
            yield self.unfolding.unfold(frame)

    def info(self) -> FeedInfo:
        """The reader's, with notes on the unfolded columns."""
        info = self._reader.info()
        return replace(info, notes=(*info.notes, *self.unfolding.notes()))


def unfolded(reader: FeedReader, feed: Feed) -> FeedReader:
    """The reader itself where there is nothing to unfold, or that is done already; else one that unfolds."""
    return reader if feed.specifications is None or isinstance(reader, UnfoldedFeed) else UnfoldedFeed(reader, feed)
