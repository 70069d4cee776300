"""Documents and their former states in MongoDB, without transactions.

A changed document is written in two steps: its former state goes to `document_versions` under an id that follows from
the state ("saree:A1@3"), then the document is replaced, provided that it still is in that state. After a kill
between the two the next run does the same again: the version is already there, the replacement is not. A second
writer who was quicker makes the condition fail; the document is then looked at again, so that writers at once end
with one of their states, and every state in between on record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError, OperationFailure

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import DUPLICATE_KEY, translated
from attrgen_assets.adapters.stores.mongo_indexes import DOCUMENTS, HASHES_INDEX, VERSIONS
from attrgen_assets.domain.documents.identity import document_id, version_id
from attrgen_assets.domain.ports import Document, StoreReport
from attrgen_assets.errors import NotFoundError, StoreUnavailable, TerminalError

LARGEST_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
"""MongoDB's limit. A document must leave room for what its version has beyond it: a longer id, and `document_id`."""

_VERSION_KEYS_BYTES: Final = 4_096  # SKUs have up to 1,000 characters of up to 4 bytes
_BATCH_DOCUMENTS: Final = 1_000
_MESSAGE_BYTES: Final = 32 * 1024 * 1024  # encoded at a time; MongoDB takes 48 MB in one message
_ROUNDS: Final = 20  # a writer that loses this often in a row is one of very many
_HASHES_PER_REPLY: Final = 100_000
_CODEC: Final[CodecOptions[dict[str, Any]]] = CodecOptions(tz_aware=True)


class MongoDocuments(MongoPart):
    """The DocumentStore of `domain.ports`, and what the versions are read with."""

    def content_hashes(self, product_type: str) -> Mapping[str, str]:
        """{sku: content_hash} of all stored documents of a type, from the index alone: about 500,000/s."""
        hashes: dict[str, str] = {}
        with translated("reading content hashes"):
            replies: Iterable[Any] = self._collection(DOCUMENTS).find_raw_batches(
                {"product_type": product_type},
                {"_id": 0, "sku": 1, "content_hash": 1},
                hint=HASHES_INDEX,
                batch_size=_HASHES_PER_REPLY,
            )
            for reply in replies:
                hashes.update((found["sku"], found["content_hash"]) for found in bson.decode_all(reply))
        return hashes

    def write_documents(self, documents: Iterable[Document]) -> StoreReport:
        """Insert new documents, replace changed ones after keeping their former state, leave the others alone.

        Each document brings `_id`, `content_hash`, `updated_at` and its content; `version` and `created_at` are put
        there here. May be killed at any point and run again.

        Raises StoreUnavailable, StorageFull, or TerminalError (a document over 16 MB; those before it are written).
        """
        report = StoreReport()
        for batch in _batches(documents):
            report += self._write_batch(batch)
        return report

    def get_document(self, document_id: str) -> Document:
        """A document as it is stored. Raises NotFoundError."""
        with translated("reading a document"):
            found = self._collection(DOCUMENTS).find_one({"_id": document_id})
        if found is None:
            raise NotFoundError(f"there is no document {document_id!r}")
        return found

    def content_hash(self, document_id: str) -> str | None:
        """The content hash of a stored document; None where there is none."""
        with translated("reading a content hash"):
            found = self._collection(DOCUMENTS).find_one({"_id": document_id}, {"_id": 0, "content_hash": 1})
        return None if found is None else found["content_hash"]

    def documents_of(self, product_type: str, skus: Sequence[str]) -> Iterator[Document]:
        """The stored documents of these SKUs, a thousand at a time; one that is not there is left out."""
        for start in range(0, len(skus), _BATCH_DOCUMENTS):
            keys = [document_id(product_type, sku) for sku in skus[start : start + _BATCH_DOCUMENTS]]
            with translated("reading documents"):
                yield from list(self._collection(DOCUMENTS).find({"_id": {"$in": keys}}))

    def parts_waiting(self, product_type: str, *, limit: int) -> list[Document]:
        """Stored parts (sku, part_title, missing, part.needs_review) that wait for a person, least complete first.

        limit: at most so many, 0 for all.
        """
        names = ("sku", "missing", "attributes.part_title.value", "part.needs_review")
        stages: list[dict[str, Any]] = [
            {"$match": {"product_type": product_type, "part.needs_review.0": {"$exists": True}}},
            {"$project": dict.fromkeys(names, 1) | {"gaps": {"$size": "$missing"}}},
            {"$sort": {"gaps": -1, "sku": 1}},
            *([{"$limit": limit}] if limit else []),
        ]
        with translated("reading records that wait"):
            return list(self._collection(DOCUMENTS).aggregate(stages))

    def list_versions(self, document_id: str) -> list[Document]:
        """The states of a document without their content, newest (the current one) first.

        Keys: version, content_hash, config_version, run_id, updated_at, and change (by, why) where somebody said so.
        """
        names = ("version", "content_hash", "config_version", "run_id", "updated_at", "change")
        keys = dict.fromkeys(names, 1) | {"_id": 0}
        with translated("reading versions"):
            current = list(self._collection(DOCUMENTS).find({"_id": document_id}, keys))
            former = self._collection(VERSIONS).find({"document_id": document_id}, keys).sort("version", -1)
            # A writer that is between its two steps (or was killed there) has put the current state among the former.
            return current + [state for state in former if not current or state["version"] < current[0]["version"]]

    def get_version(self, document_id: str, version: int) -> Document:
        """A state of a document, former or current, as a document. Raises NotFoundError."""
        with translated("reading a version"):
            found = self._collection(DOCUMENTS).find_one({"_id": document_id, "version": version})
            if found is not None:
                return found
            kept = self._collection(VERSIONS).find_one({"_id": version_id(document_id, version)})
        if kept is None:
            raise NotFoundError(f"document {document_id!r} has no version {version}")
        return {"_id": kept.pop("document_id")} | {key: value for key, value in kept.items() if key != "_id"}

    def _write_batch(self, batch: dict[str, Document]) -> StoreReport:
        new = changed = 0
        unchanged: set[str] = set()
        pending = dict(batch)
        for _ in range(_ROUNDS):
            current = self._current(pending)
            same = {key for key, state in current.items() if state["content_hash"] == pending[key]["content_hash"]}
            to_insert = [document for key, document in pending.items() if key not in current]
            to_replace = {key: state for key, state in current.items() if key not in same}
            inserted = self._insert(to_insert)
            replaced = self._replace(to_replace, pending)
            unchanged |= same
            new += len(inserted)
            changed += len(replaced)
            pending = {key: pending[key] for key in pending.keys() - same - inserted - replaced}
            if not pending:
                return StoreReport(new=new, changed=changed, unchanged=len(unchanged))
        raise StoreUnavailable(
            f"MongoDB: other writers were quicker {_ROUNDS} times in a row; {len(pending)} documents are not written, "
            f"such as {next(iter(pending))!r}; let one run at a time write a product type"
        )

    def _current(self, keys: Iterable[str]) -> dict[str, Document]:
        projection = {"content_hash": 1, "version": 1, "created_at": 1}
        with translated("looking documents up"):
            found = self._collection(DOCUMENTS).find({"_id": {"$in": list(keys)}}, projection)
            return {state["_id"]: state for state in found}

    def _insert(self, documents: Sequence[Document]) -> set[str]:
        """Insert documents that were not there; the ids of those that still were not."""
        if not documents:
            return set()
        former = self._last_versions([document["_id"] for document in documents])
        encoded = (
            encode({**document, "version": former.get(document["_id"], 0) + 1, "created_at": document["updated_at"]})
            for document in documents
        )
        beaten = self._insert_missing(encoded)
        return {document["_id"] for position, document in enumerate(documents) if position not in beaten}

    def _last_versions(self, keys: list[str]) -> dict[str, int]:
        """The last former version per id: a document that was deleted by hand does not overwrite its history."""
        stages: list[dict[str, Any]] = [
            {"$match": {"document_id": {"$in": keys}}},
            {"$group": {"_id": "$document_id", "version": {"$max": "$version"}}},
        ]
        with translated("looking versions up"):
            return {found["_id"]: found["version"] for found in self._collection(VERSIONS).aggregate(stages)}

    def _replace(self, states: Mapping[str, Document], wanted: Mapping[str, Document]) -> set[str]:
        """Replace documents that are still in the given states, after keeping these; the ids of those replaced."""
        if not states:
            return set()
        self._keep(states)
        collection: Any = self._collection(DOCUMENTS)
        following = (
            encode({**wanted[key], "version": state["version"] + 1, "created_at": state["created_at"]})
            for key, state in states.items()
        )
        conditions = iter(
            {"_id": key, "version": state["version"], "content_hash": state["content_hash"]}
            for key, state in states.items()
        )
        matched = 0
        for message in _by_bytes(following):
            requests: list[ReplaceOne[Any]] = [ReplaceOne(next(conditions), document) for document in message]
            with translated("replacing documents"):
                matched += collection.bulk_write(requests, ordered=False).matched_count
        if matched == len(states):
            return set(states)
        return self._arrived(states, wanted)

    def _arrived(self, states: Mapping[str, Document], wanted: Mapping[str, Document]) -> set[str]:
        """Which documents got what we wrote as their next state, also where others have replaced that by now.

        The present states are read first: one that is replaced after that is among the former ones before it goes.
        """
        present = self._current(states).items()
        following = {version_id(key, state["version"]): state["content_hash"] for key, state in present}
        next_ids = {key: version_id(key, state["version"] + 1) for key, state in states.items()}
        with translated("looking versions up"):
            former = self._collection(VERSIONS).find({"_id": {"$in": list(next_ids.values())}}, {"content_hash": 1})
            following |= {state["_id"]: state["content_hash"] for state in former}
        return {key for key, next_id in next_ids.items() if following.get(next_id) == wanted[key]["content_hash"]}

    def _keep(self, keys: Iterable[str]) -> None:
        """Copy the present state of these documents to the versions, on the server; a state that is there stays."""
        stages: list[dict[str, Any]] = [
            {"$match": {"_id": {"$in": list(keys)}}},
            {"$set": {"document_id": "$_id", "_id": {"$concat": ["$_id", "@", {"$toString": "$version"}]}}},
            {"$merge": {"into": VERSIONS, "on": "_id", "whenMatched": "keepExisting", "whenNotMatched": "insert"}},
        ]
        for last_try in (False, False, True):
            with translated("keeping former states"):
                try:
                    self._collection(DOCUMENTS).aggregate(stages)
                except OperationFailure as error:
                    # Another writer kept the same state at the same moment, and the server gave up half way.
                    if error.code != DUPLICATE_KEY or last_try:
                        raise
                else:
                    return

    def _insert_missing(self, documents: Iterable[RawBSONDocument]) -> set[int]:
        """Insert what is not there yet; the positions of what was."""
        collection: Any = self._collection(DOCUMENTS)
        present: set[int] = set()
        sent = 0
        for message in _by_bytes(documents):
            with translated("inserting documents"):
                try:
                    collection.insert_many(message, ordered=False)
                except BulkWriteError as error:
                    problems = error.details["writeErrors"]
                    if error.details.get("writeConcernErrors") or any(p["code"] != DUPLICATE_KEY for p in problems):
                        raise
                    present.update(sent + problem["index"] for problem in problems)
            sent += len(message)
        return present


def encode(document: Document) -> RawBSONDocument:
    """A document as the bytes that are sent, encoded once. Raises TerminalError when MongoDB would not take it."""
    with translated(f"encoding document {_shown(document)}"):
        data = bson.encode(document, codec_options=_CODEC)
    if len(data) <= LARGEST_DOCUMENT_BYTES - _VERSION_KEYS_BYTES:
        return RawBSONDocument(data, _RAW)
    sizes = {
        f"attribute {name}": len(bson.encode({"_": entry})) for name, entry in document.get("attributes", {}).items()
    }
    sizes["refusals"] = len(bson.encode({"_": document.get("refusals", [])}))
    largest = max(sizes, key=lambda name: sizes[name])
    raise TerminalError(
        f"document {_shown(document)}: {len(data):,} bytes; MongoDB takes at most {LARGEST_DOCUMENT_BYTES:,}; "
        f"the largest part is {largest} with {sizes[largest]:,}; limit its length in the config or correct the feed"
    )


_RAW: Final[CodecOptions[RawBSONDocument]] = CodecOptions(document_class=RawBSONDocument)


def _shown(document: Document) -> str:
    name = repr(document.get("_id"))
    return name if len(name) < 120 else f"{name[:120]}..."


def _batches(documents: Iterable[Document]) -> Iterator[dict[str, Document]]:
    """Documents by id, up to a thousand at a time; the same id twice is twice in two batches, in order."""
    batch: dict[str, Document] = {}
    for document in documents:
        if len(batch) == _BATCH_DOCUMENTS or document["_id"] in batch:
            yield batch
            batch = {}
        batch[document["_id"]] = document
    if batch:
        yield batch


def _by_bytes(documents: Iterable[RawBSONDocument]) -> Iterator[list[RawBSONDocument]]:
    """Documents in lists of about a message's size."""
    message: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        message.append(document)
        size += len(document.raw)
        if size >= _MESSAGE_BYTES:
            yield message
            message, size = [], 0
    if message:
        yield message
