"""Faults at given rates: "429=0.02,marcone.500=0.1,hang=0.01"."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from attrgen_assets.adapters.suppliers.sandbox import BASE_PATHS

RETRY_AFTER_S: Final = 1
HANG_S: Final = 60.0

KINDS: Final = ("429", "500", "hang", "slow", "truncated", "cut", "hostile", "types", "echo")
"""429: with Retry-After. 500: an error page. hang: no answer for a minute. slow: five times the latency. truncated:
half of the JSON. cut: fewer bytes than announced. hostile: JSON that nobody sends by mistake. types: JSON of wrong
types. echo: an error page that repeats the request's headers, secrets included."""

_LARGE: Final = 5_000_000

HOSTILE: Final[tuple[Callable[[], str], ...]] = (
    lambda: '{"parts":' * 50_000 + "1" + "}" * 50_000,
    lambda: "[" * 100_000,
    lambda: '{"parts": [{"weight": NaN}]}',
    lambda: '{"parts": [], "parts": [1]}',
    lambda: '{"price": 1e999}',
    lambda: '{"partNumber": "\\ud800"}',
    lambda: '{"id": ' + "9" * 10_000 + "}",
    lambda: '{"pad": "' + "x" * _LARGE + '"}',
    lambda: "null",
    lambda: "\x00\x01 no JSON at all",
    lambda: "",
)
"""Bodies that a reader must survive."""

WRONG_TYPES: Final = json.dumps(
    {
        "parts": {"partNumber": ["x"]}, "results": 7, "partNumber": {"a": 1}, "specs": "none", "images": [[1], None],
        "SearchResult": {"Items": "no", "TotalResultCount": "many"}, "steps": 3, "price": [], "weight": True,
    }
)  # fmt: skip
"""JSON in which nothing is of the kind that it should be."""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """rates: (supplier or "", kind) to the share of requests, 0 to 1."""

    rates: Mapping[tuple[str, str], float]

    @classmethod
    def parse(cls, text: str) -> "FaultPlan":
        """The plan of a text such as "429=0.02,marcone.500=0.1"; nothing for an empty one. Raises ValueError.

        >>> FaultPlan.parse("marcone.500=1").rates
        {('marcone', '500'): 1.0}
        """
        rates: dict[tuple[str, str], float] = {}
        for item in filter(None, (item.strip() for item in text.split(","))):
            where, _, rate = item.partition("=")
            supplier, _, kind = where.rpartition(".")
            if kind not in KINDS or (supplier and supplier not in BASE_PATHS):
                raise ValueError(f"{where!r} is no fault: [SUPPLIER.]KIND with {', '.join(KINDS)}")
            try:
                rates[supplier, kind] = float(rate)
            except ValueError as error:
                raise ValueError(f"{item!r} needs a share between 0 and 1 behind the =") from error
            if not 0 <= rates[supplier, kind] <= 1:
                raise ValueError(f"{item!r}: the share should be between 0 and 1")
        return cls(rates)

    def pick(self, supplier: str, rng: random.Random) -> str | None:
        """The fault of the next request to a supplier, if any; its own rates are looked at first."""
        for place in (supplier, ""):
            for (where, kind), rate in self.rates.items():
                if where == place and rng.random() < rate:
                    return kind
        return None
