"""Which responses on record make a supplier's present answer: a request that fails now takes nothing away."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrgen_assets.domain.parts.responses import RawResponse

_NOT_FOUND: Final = 404
_OK: Final = 200


def present_answers(responses: Iterable[RawResponse]) -> list[RawResponse]:
    """Of responses about one part those that count, by supplier and time.

    They are those of the last time that a supplier was asked; and for each request that failed then, or was not sent
    because another failed, those of the last time that it was answered. "We do not have it" is an answer. Of two places
    that were asked in a supplier's name only the last counts. Bodies are not looked at.
    """
    by_supplier: dict[str, list[RawResponse]] = defaultdict(list)
    for response in responses:
        by_supplier[response.supplier].append(response)
    chosen = [response for said in by_supplier.values() for response in _present(said)]
    return sorted(chosen, key=lambda one: (one.supplier, one.received_at, one.endpoint, one.page, one.attempt))


def _present(said: list[RawResponse]) -> list[RawResponse]:
    newest = max(said, key=lambda response: response.asked_at)
    rounds: dict[datetime, dict[str, list[RawResponse]]] = defaultdict(lambda: defaultdict(list))
    for response in said:
        if response.place == newest.place:
            rounds[response.asked_at][response.endpoint].append(response)
    last = rounds.pop(newest.asked_at)
    chosen = [response for found in last.values() for response in found]
    if all(map(_answered, last.values())):
        return chosen
    gone = any(response.status == _NOT_FOUND for response in chosen)
    for asked_at in sorted(rounds, reverse=True):
        for endpoint, found in rounds[asked_at].items():
            wanted = not _answered(last[endpoint]) if endpoint in last else not gone
            if wanted and _answered(found):
                last[endpoint] = found
                chosen += found
    return chosen


def _answered(responses: list[RawResponse]) -> bool:
    """Whether the last attempt at every page of a request brought an answer."""
    pages = {one.page: one for one in sorted(responses, key=lambda one: one.attempt)}
    return all(one.error is None and one.status in (_OK, _NOT_FOUND) for one in pages.values())
