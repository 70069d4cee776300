"""Answers made again from responses on record are those that were given, whatever went wrong then."""

from collections.abc import Sequence

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses
from attrgen_assets.adapters.suppliers.gateway import Suppliers
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import Rule
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.ask import PartAnswers, ask
from attrgen_assets.workflows.replay import replay
from attrgen_assets_tests.adapters.suppliers.asking import configs, with_sandbox


def kept(store: MongoStore, part_number: str, faults: str = "") -> PartAnswers:
    """The answers to a question whose responses were kept."""

    async def work(suppliers: Suppliers, _: str) -> PartAnswers:
        responses = MongoRawResponses(store.database)
        return await ask(part_number, suppliers=suppliers, deadline_s=30, store=responses)

    return with_sandbox(work, sandbox={"faults": faults})


def again(store: MongoStore, part_number: str) -> PartAnswers:
    """The same from the store alone."""
    return replay(part_number, responses=MongoRawResponses(store.database), suppliers=configs())


def told(answers: Sequence[SupplierAnswer]) -> list[tuple[object, ...]]:
    """What is to be the same; times in MongoDB have milliseconds."""
    return [
        (a.supplier, a.outcome, a.superseded_by, a.discontinued, [(c.attribute, c.value, c.flags) for c in a.claims])
        for a in answers
    ]


@pytest.mark.parametrize("faults", ["", "500=0.4", "types=0.4", "hostile=0.5,429=0.3", "encompass.truncated=1"])
def test_a_replay_tells_what_the_answers_told(faults: str, mongo_store: MongoStore) -> None:
    asked = kept(mongo_store, "WR55X11152", faults)
    found = again(mongo_store, "WR55X11152")
    assert found.chain == asked.chain
    assert list(found.answers) == list(asked.answers)
    for number, answers in asked.answers.items():
        # A supplier that never was reached (no token, say) has no response to replay.
        reached = [answer for answer in answers if answer.responses]
        assert told(found.answers[number]) == told(reached)


def test_a_part_that_nobody_has_is_not_found_again(mongo_store: MongoStore) -> None:
    kept(mongo_store, "NOSUCH1")
    assert {answer.outcome for answer in again(mongo_store, "nosuch1").current} == {"not_found"}


def test_a_mapping_that_was_changed_makes_other_claims(mongo_store: MongoStore) -> None:
    kept(mongo_store, "WR55X10025")
    [encompass] = [config for config in configs() if config.supplier == "encompass"]
    price = Rule(endpoint="part", path="parts[?partNumber=='{pn}'] | [0].partPrice")
    changed = encompass.model_copy(update={"fields": {"msrp": (price,)}})
    responses = MongoRawResponses(mongo_store.database)
    [answer] = replay("WR55X10025", responses=responses, suppliers=[changed]).current
    [claim] = answer.claims
    former = {claim.attribute: claim.value for claim in again(mongo_store, "WR55X10025").current[1].claims}
    assert (claim.attribute, claim.value) == ("msrp", former["current_selling_price"])
    assert claim.value != former["msrp"]


def test_what_was_never_asked_for_cannot_be_replayed(mongo_store: MongoStore) -> None:
    with pytest.raises(NotFoundError, match="no response about A1 is on record"):
        again(mongo_store, "A1")
