"""Make the answers about a part again from the responses on record; nobody is called."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.replayed import answer_of
from attrgen_assets.domain.parts.responses import RawResponse, SupplierAnswer
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.parts.supplier_config import SupplierConfig
from attrgen_assets.domain.ports import RawResponseStore
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.ask import PartAnswers


def replay(part_number: str, *, responses: RawResponseStore, suppliers: Iterable[SupplierConfig]) -> PartAnswers:
    """What asking now would give, were all to answer as they last did: by the mappings of today's configs.

    Follows "use sub X" as far as there are responses on record. Suppliers without a config are left out.

    Raises InvalidPartNumber; NotFoundError where nothing is on record; StoreUnavailable; MissingExtra.
    """
    configs = {config.supplier: config for config in suppliers}
    chain = SupersessionChain(asked=canonical_part_number(part_number))
    answers: dict[str, tuple[SupplierAnswer, ...]] = {}
    while chain.end is None:
        found = _answers(responses.responses_of(chain.part_number), configs)
        if not answers and not found:
            raise NotFoundError(
                f"no response about {chain.asked} is on record; `attrgen lookup` and `attrgen suppliers ask --keep` "
                "keep them"
            )
        answers[chain.part_number] = found
        chain = chain.after(found)
    return PartAnswers(chain=chain, answers=answers)


def _answers(responses: Iterable[RawResponse], configs: Mapping[str, SupplierConfig]) -> tuple[SupplierAnswer, ...]:
    found = groupby(responses, key=lambda response: response.supplier)
    return tuple(answer_of(list(said), configs[name]) for name, said in found if name in configs)
