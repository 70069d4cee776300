"""Feeds, read as frames of RAW (see `domain.tables`): CSV, JSON lines, JSON and Parquet, in files or behind a web
address, and MongoDB collections.

Every row of a feed becomes a row of a frame, refused or not, with its file and number; a feed that cannot be read at
all is a FeedError.
"""

from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from pymongo.database import Database

from attrgen_assets.adapters.feeds.files import FeedFile, FileFeed, find_files
from attrgen_assets.adapters.feeds.formats import read_any
from attrgen_assets.adapters.feeds.mongo_collection import MongoFeed
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.errors import FeedError, needs_extra

Format = Literal["auto", "csv", "jsonl", "json", "parquet"]

__all__ = ["Format", "open_feed", "open_feed_file"]


def open_feed(
    feed: Feed, *, feeds_dir: Path, mongo: Database[dict[str, Any]] | None, token: SecretStr | None = None
) -> FeedReader:
    """The reader of what a product type's config calls its feed.

    That is the files of a path or glob, a collection, or an address, for which the token is.

    Raises: FeedError where no file is found, a path leaves the feeds folder, or there is no MongoDB to read from;
    MissingExtra for an address where there is no client of HTTP.
    """
    if sum(place is not None for place in (feed.path, feed.collection, feed.url)) != 1:
        raise FeedError(
            "the feed must name a file, a collection or an address: set one of `feed.path`, `feed.collection` and "
            "`feed.url`"
        )
    if feed.url is not None:
        return _open_address(feed, feed.url, token)
    if feed.collection is not None:
        if mongo is None:
            raise FeedError(
                f"the feed is the MongoDB collection {feed.collection!r}, and no MongoDB is connected here: "
                "set MONGODB_URI, or name a file"
            )
        return MongoFeed(mongo, feed.collection)
    files = find_files(feed.path or "", feeds_dir=feeds_dir)
    return FileFeed(files, read_file=read_any(feed.format, encoding=feed.encoding, delimiter=feed.delimiter))


def _open_address(feed: Feed, url: str, token: SecretStr | None) -> FeedReader:
    if feed.token is not None and token is None:
        raise FeedError(f"the feed {url.partition('?')[0]} needs a token: set {feed.token} in the environment")
    with needs_extra("parts", "reading a feed from an address"):
        from attrgen_assets.adapters.feeds.web_address import WebFeed  # noqa: PLC0415 - httpx is in an extra
    reading = partial(read_any, encoding=feed.encoding, delimiter=feed.delimiter)
    return WebFeed(url, token=token, format=feed.format, reading=reading)


def open_feed_file(
    path: Path, *, format: Format = "auto", encoding: str | None = None, delimiter: str | None = None
) -> FeedReader:
    """The reader of one file, which may lie anywhere.

    Raises: FeedError for an unknown encoding or delimiter; one for the file itself comes when it is read.
    """
    return FileFeed(
        [FeedFile.relative(path, path.parent)], read_file=read_any(format, encoding=encoding, delimiter=delimiter)
    )
