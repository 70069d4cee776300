"""Ask the suppliers for a part, and for the parts that replaced it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.replayed import answer_of
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.parts.supplier_config import SupplierConfig
from attrgen_assets.domain.ports import RawResponseStore, SupplierGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswers:
    """What suppliers said of a part number and of its successors.

    chain: from the number that was asked for to the one that is sold. answers: per part number of the chain, one per
    supplier. kept: responses that were put on record.
    """

    chain: SupersessionChain
    answers: Mapping[str, tuple[SupplierAnswer, ...]]
    kept: int = 0

    @property
    def current(self) -> tuple[SupplierAnswer, ...]:
        """The answers to the part number that is sold; to the last that was asked for, where the chain has no end."""
        return self.answers[self.chain.part_number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What suppliers said before, for those that do not answer now. since: older answers do not count."""

    responses: RawResponseStore
    configs: Mapping[str, SupplierConfig]
    since: datetime

    def completed(self, answer: SupplierAnswer) -> SupplierAnswer:
        """The answer with what the supplier said before of what it does not say now; its outcome stays."""
        config = self.configs.get(answer.supplier)
        if answer.whole or not answer.place or config is None:
            return answer
        said = self.responses.responses_of(answer.part_number, places={answer.supplier: answer.place}, since=self.since)
        known = answer_of(said, config) if said else answer
        if known.claims == answer.claims:  # it said nothing before, or nothing else
            return answer
        return replace(
            answer,
            reason=f"{answer.reason}; what it said before counts",
            claims=known.claims,
            superseded_by=known.superseded_by,
            discontinued=known.discontinued,
        )


async def ask(
    part_number: str,
    *,
    suppliers: SupplierGateway,
    deadline_s: float,
    patience_s: float = 0.0,
    store: RawResponseStore | None = None,
    former: Former | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PartAnswers:
    """Ask all suppliers; where they name a successor, ask for that one as well, and so on to the end of the chain.

    Args:
        part_number: as a person wrote it.
        suppliers: who is asked.
        deadline_s: for the whole chain; a successor that is named after it is not asked for any more.
        patience_s: on top, for each part of it, for turns where a supplier takes so many requests a second.
        store: where every response is kept; None: nowhere.
        former: what a supplier that does not answer said before; None: it says nothing then.
        clock: seconds that only grow.

    Raises InvalidPartNumber; what the store raises.
    """
    until = clock() + deadline_s
    chain = SupersessionChain(asked=canonical_part_number(part_number))
    answers: dict[str, tuple[SupplierAnswer, ...]] = {}
    kept, left_s = 0, deadline_s
    while chain.end is None:
        asked = clock()
        found = await suppliers.ask_all(chain.part_number, deadline_s=left_s, patience_s=patience_s)
        until += max(0.0, min(patience_s, clock() - asked - left_s))  # what was spent on turns
        if store is not None:
            responses = [response for answer in found for response in answer.responses]
            kept += await asyncio.to_thread(store.write_responses, responses)
        if former is not None:
            found = [await asyncio.to_thread(former.completed, answer) for answer in found]
        answers[chain.part_number] = tuple(found)
        following, left_s = chain.after(found), until - clock()
        chain = chain.stopped() if following.end is None and left_s <= 0 else following
    return PartAnswers(chain=chain, answers=answers, kept=kept)
