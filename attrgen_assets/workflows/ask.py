"""Ask the suppliers for a part, and for the parts that replaced it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supersession import SupersessionChain
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


async def ask(
    part_number: str,
    *,
    suppliers: SupplierGateway,
    deadline_s: float,
    store: RawResponseStore | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PartAnswers:
    """Ask all suppliers; where they name a successor, ask for that one as well, and so on to the end of the chain.

    Args:
        part_number: as a person wrote it.
        suppliers: who is asked.
        deadline_s: for the whole chain; a successor that is named after it is not asked for any more.
        store: where every response is kept; None: nowhere.
        clock: seconds that only grow.

    Raises InvalidPartNumber; what the store raises.
    """
    until = clock() + deadline_s
    chain = SupersessionChain(asked=canonical_part_number(part_number))
    answers: dict[str, tuple[SupplierAnswer, ...]] = {}
    kept, left_s = 0, deadline_s
    while chain.end is None:
        found = await suppliers.ask_all(chain.part_number, deadline_s=left_s)
        answers[chain.part_number] = tuple(found)
        if store is not None:
            responses = [response for answer in found for response in answer.responses]
            kept += await asyncio.to_thread(store.write_responses, responses)
        following, left_s = chain.after(found), until - clock()
        chain = chain.stopped() if following.end is None and left_s <= 0 else following
    return PartAnswers(chain=chain, answers=answers, kept=kept)
