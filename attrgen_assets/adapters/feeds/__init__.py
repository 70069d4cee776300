"""Feeds: CSV, JSON lines, JSON, Parquet and MongoDB collections, read as frames of RAW (see `domain.tables`).

Every row of a feed becomes a row of a frame, refused or not, with its file and number; a feed that cannot be read at
all is a FeedError.
"""

from pathlib import Path
from typing import Any, Literal

from pymongo.database import Database

from attrgen_assets.adapters.feeds.files import FeedFile, FileFeed, find_files
from attrgen_assets.adapters.feeds.formats import read_any
from attrgen_assets.adapters.feeds.mongo_collection import MongoFeed
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.errors import FeedError

Format = Literal["auto", "csv", "jsonl", "json", "parquet"]

__all__ = ["Format", "open_feed", "open_feed_file"]


def open_feed(feed: Feed, *, feeds_dir: Path, mongo: Database[dict[str, Any]] | None) -> FeedReader:
    """The reader of what a product type's config calls its feed: the files of a path or glob, or a collection.

    Raises: FeedError where no file is found, a path leaves the feeds folder, or there is no MongoDB to read from.
    """
    if (feed.path is None) == (feed.collection is None):
        raise FeedError("the feed must name either a file or a collection: set one of `feed.path`, `feed.collection`")
    if feed.collection is not None:
        if mongo is None:
            raise FeedError(
                f"the feed is the MongoDB collection {feed.collection!r}, and no MongoDB is connected here: "
                "set MONGODB_URI, or name a file"
            )
        return MongoFeed(mongo, feed.collection)
    files = find_files(feed.path or "", feeds_dir=feeds_dir)
    return FileFeed(files, read_file=read_any(feed.format, encoding=feed.encoding, delimiter=feed.delimiter))


def open_feed_file(
    path: Path, *, format: Format = "auto", encoding: str | None = None, delimiter: str | None = None
) -> FeedReader:
    """The reader of one file, which may lie anywhere.

    Raises: FeedError for an unknown encoding or delimiter; one for the file itself comes when it is read.
    """
    return FileFeed(
        [FeedFile.relative(path, path.parent)], read_file=read_any(format, encoding=encoding, delimiter=delimiter)
    )
