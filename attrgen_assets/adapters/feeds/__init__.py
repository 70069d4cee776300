"""Feeds: CSV, JSON lines, JSON, Parquet and MongoDB collections, read as frames of RAW (see `domain.tables`).

Every row of a feed becomes a row of a frame, refused or not, with its file and number; a feed that cannot be read at
all is a FeedError.
"""

from pathlib import Path
from typing import Any, Literal

from pymongo.database import Database

from attrgen_assets.adapters.feeds.csv_file import csv_reader
from attrgen_assets.adapters.feeds.files import FeedFile, FileFeed, find_files
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.errors import FeedError

Format = Literal["auto", "csv", "jsonl", "json", "parquet"]


def open_feed(feed: Feed, *, feeds_dir: Path, mongo: Database[dict[str, Any]] | None = None) -> FeedReader:
    """The reader of what a product type's config calls its feed.

    Raises: FeedError where no file is found, a path leaves the feeds folder, or there is no MongoDB to read from.
    """
    if feed.path is None:
        raise FeedError("the feed names neither a file nor a collection: set `feed.path` or `feed.collection`")
    files = find_files(feed.path, feeds_dir=feeds_dir)
    return FileFeed(files, read_file=csv_reader(encoding=feed.encoding, delimiter=feed.delimiter))


def open_feed_file(
    path: Path, *, format: Format = "auto", encoding: str | None = None, delimiter: str | None = None
) -> FeedReader:
    """The reader of one file anywhere."""
    return FileFeed([FeedFile(path, path.name)], read_file=csv_reader(encoding=encoding, delimiter=delimiter))
