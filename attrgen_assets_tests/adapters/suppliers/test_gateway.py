"""All suppliers over real sockets: what they say, what goes wrong with them, and that nothing of it is lost."""

import asyncio
import base64
import time
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from attrgen_assets.adapters.suppliers.gateway import Suppliers
from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.app import REVOKE_PATH, STATS_PATH
from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue
from attrgen_assets.adapters.suppliers.signing import spellings_of
from attrgen_assets.domain.parts.claims import claims_frame
from attrgen_assets.domain.parts.normalise import normalise
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import Breaker
from attrgen_assets.errors import InvalidPartNumber
from attrgen_assets.workflows.ask import PartAnswers
from attrgen_assets.workflows.ask import ask as ask_workflow
from attrgen_assets_tests.adapters.suppliers.asking import ask, configs, gateway, with_sandbox

SUPPLIERS = ["amazon", "encompass", "marcone", "reliable_parts"]


def test_all_four_protocols_answer_and_every_request_is_on_record() -> None:
    answers = ask()
    assert list(answers) == SUPPLIERS
    assert {(answer.outcome, answer.reason) for answer in answers.values()} == {("ok", "")}
    asked = {(r.supplier, r.endpoint, r.page) for answer in answers.values() for r in answer.responses}
    assert {("amazon", "search", page) for page in (1, 2, 3)} | {("amazon", "items", 1)} <= asked  # 22 listings
    assert {("marcone", "search", 1), ("marcone", "part", 1), ("marcone", "cross_references", 1)} <= asked
    assert all(r.status == 200 and r.latency_s > 0 and r.error is None for a in answers.values() for r in a.responses)


def test_a_size_in_thousandths_is_flagged_and_never_in_the_table() -> None:
    claims = {claim.attribute: claim for claim in ask()["encompass"].claims}
    assert claims["box_length_in"].flags == ("suspect",)
    assert claims["box_length_in"].value > 1_000
    assert "weight_lbs" not in claims  # 0 is what nobody measured
    assert "box_length_in" not in claims_frame(claims.values())["attribute"].to_list()


def test_claims_can_be_made_again_from_the_responses_alone() -> None:
    answers = ask()
    for config in configs():
        answer = answers[config.supplier]
        assert normalise(answer.responses, config) == answer.claims != ()


def test_most_claims_are_true_and_some_are_not() -> None:
    catalogue = Catalogue(seed=17, parts=300)

    async def work(suppliers: Suppliers, _: str) -> list[list[SupplierAnswer]]:
        numbers = catalogue.numbers[10:60]
        return await asyncio.gather(*(suppliers.ask_all(number, deadline_s=60) for number in numbers))

    found = [claim for answers in with_sandbox(work) for a in answers for claim in a.claims if claim.publishable]
    checked = [claim for claim in found if claim.attribute in ("manufacturer", "color", "upc_ean_gtin")]
    right = [_is_true(catalogue, claim.object, claim.attribute, claim.value) for claim in checked]
    assert 0.7 < sum(right) / len(right) < 0.95


def _is_true(catalogue: Catalogue, number: str, attribute: str, value: Any) -> bool:
    part = catalogue.find(number)
    return part is not None and part.truth.get(attribute) == value


@pytest.mark.parametrize(
    ("number", "numbers", "end"),
    [
        ("WR55X11152", ("WR55X11152", "WR55X10025"), "current"),
        ("CHAIN1001", ("CHAIN1001", "CHAIN1002", "CHAIN1003"), "current"),
        ("LOOP1001", ("LOOP1001", "LOOP1002"), "loop"),
    ],
)
def test_supersession_is_followed_and_loops_are_seen(number: str, numbers: tuple[str, ...], end: str) -> None:
    async def work(suppliers: Suppliers, _: str) -> PartAnswers:
        return await ask_workflow(number, suppliers=suppliers, deadline_s=30)

    found = with_sandbox(work)
    assert (found.chain.part_numbers, found.chain.end) == (numbers, end)
    assert tuple(found.answers) == numbers
    assert found.current == found.answers[numbers[-1]]


def test_a_part_that_nobody_has_is_not_found_and_no_failure() -> None:
    assert {answer.outcome for answer in ask("NOSUCH1").values()} == {"not_found"}


def test_what_is_no_part_number_is_not_asked_for() -> None:
    with pytest.raises(InvalidPartNumber):
        ask("a/../b")


@pytest.mark.parametrize("supplier", SUPPLIERS)
def test_wrong_credentials_are_refused_by_the_server_and_told(supplier: str) -> None:
    wrong = {
        **SANDBOX_SECRETS[supplier],
        **{n: "wrong-secret" for n in SANDBOX_SECRETS[supplier] if n.endswith(("key", "secret"))},
    }
    answers = ask(secrets={supplier: wrong})
    assert answers[supplier].outcome == "failed"
    assert "401" in answers[supplier].reason
    assert {answers[other].outcome for other in SUPPLIERS if other != supplier} == {"ok"}
    assert "wrong-secret" not in repr(answers)


def test_missing_credentials_skip_a_supplier_and_name_the_variables() -> None:
    answer = ask(secrets={"marcone": {"client_id": "x"}})["marcone"]
    assert (answer.outcome, answer.reason) == ("skipped", "no credentials: set MARCONE_CLIENT_SECRET")


@pytest.mark.parametrize(
    ("fault", "outcome", "said", "attempts"),
    [
        ("500", "failed", "HTTP 500", 3),
        ("cut", "failed", "RemoteProtocolError", 3),
        ("truncated", "failed", "not JSON", 1),
        ("hostile", "failed", "refused", 1),
        ("types", "not_found", "", 1),
        ("echo", "failed", "HTTP 400", 1),
    ],
)
def test_one_bad_supplier_is_told_and_costs_nobody_else(fault: str, outcome: str, said: str, attempts: int) -> None:
    answers = ask(sandbox={"faults": f"encompass.{fault}=1"})
    bad = answers["encompass"]
    assert bad.outcome == outcome
    assert said in bad.reason
    assert sum(response.endpoint == "part" for response in bad.responses) == attempts
    assert all(response.error for response in bad.responses if outcome == "failed")
    assert {answers[name].outcome for name in SUPPLIERS if name != "encompass"} == {"ok"}


def test_no_secret_is_on_record_even_where_a_server_repeats_it() -> None:
    answers = ask(sandbox={"faults": "echo=1"}, secrets={})
    bodies = "".join(r.body for a in answers.values() for r in a.responses)
    assert "***" in bodies
    for secrets in SANDBOX_SECRETS.values():
        for name, value in secrets.items():
            assert name == "partner_tag" or value not in repr(answers) or name in ("client_id", "access_key")


def test_a_secret_that_a_server_repeats_in_other_words_is_not_on_record_either() -> None:
    answers = ask(sandbox={"faults": "echo=1"}, secrets={"encompass": {"api_key": 'quo"ted\\key'}})
    bodies = "".join(r.body for r in answers["encompass"].responses)
    assert "Bearer ***" in bodies
    assert "quo" not in bodies
    spelled = spellings_of({"client_id": "shop", "client_secret": "a/b c"})
    wanted = {"a/b c", "a%2Fb%20c", "a%2Fb+c", "a\\/b c", base64.b64encode(b"shop:a/b c").decode()}
    assert wanted <= set(spelled)
    assert [len(one) for one in spelled] == sorted((len(one) for one in spelled), reverse=True)


def test_a_hanging_supplier_is_cut_off_at_the_deadline() -> None:
    started = time.monotonic()
    answers = ask(sandbox={"faults": "reliable_parts.hang=1"}, deadline_s=1.5)
    assert time.monotonic() - started < 20
    bad = answers["reliable_parts"]
    assert (bad.outcome, bad.responses[0].error) == ("failed", "cut off by the deadline")
    assert bad.reason.startswith("part: no answer within 1.5 s")
    assert bad.elapsed_s < 10


def test_retry_after_is_waited_for_or_said_to_be_too_long() -> None:
    patient, hasty = (ask(sandbox={"faults": "amazon.429=1"}, deadline_s=limit)["amazon"] for limit in (8, 0.6))
    times = [response.received_at for response in patient.responses]
    assert all((late - early).total_seconds() > 0.9 for early, late in pairwise(times))
    assert (len(times), patient.reason) == (3, "search: HTTP 429")
    assert len(hasty.responses) == 1
    assert "it asks to wait 1 s" in hasty.reason


def test_a_token_is_shared_refreshed_when_refused_and_before_it_ends() -> None:
    async def work(suppliers: Suppliers, url: str) -> tuple[list[str], int]:
        async with httpx.AsyncClient(base_url=url) as http:
            many = await asyncio.gather(*(suppliers.ask_all("WR55X10025", deadline_s=30) for _ in range(8)))
            await http.get(REVOKE_PATH)
            many.append(await suppliers.ask_all("WR55X10025", deadline_s=30))
            outcomes: list[str] = [answer.outcome for answers in many for answer in answers]
            return outcomes, (await http.get(STATS_PATH)).json()["tokens_issued"]

    outcomes, issued = with_sandbox(work)
    assert set(outcomes) == {"ok"}
    assert issued == 2


def test_five_failures_leave_a_supplier_alone_until_it_has_cooled_down() -> None:
    now = [0.0]

    async def work(suppliers: Suppliers, url: str) -> list[Iterable[tuple[str, int]]]:
        seen = []
        for _ in range(7):
            answer = (await suppliers.ask_all("WR55X10025", deadline_s=30))[1]
            seen.append((answer.outcome, len(answer.responses)))
        now[0] += 31
        seen.append(((await suppliers.ask_all("WR55X10025", deadline_s=30))[1].outcome, -1))
        return [seen]

    options: dict[str, Any] = {"clock": lambda: now[0], "changes": {"breaker": Breaker(cool_down_s=30)}}
    [seen] = with_sandbox(work, sandbox={"faults": "encompass.500=1"}, **options)
    outcomes = [outcome for outcome, _ in seen]
    assert outcomes == ["failed"] * 5 + ["skipped"] * 2 + ["failed"]  # the last one is the half-open trial
    assert [count for _, count in list(seen)[5:7]] == [0, 0]


def test_a_server_that_is_not_there_fails_soon_with_its_reason() -> None:
    async def run() -> list[SupplierAnswer]:
        async with gateway("http://127.0.0.1:9") as suppliers:
            return await suppliers.ask_all("WR55X10025", deadline_s=10)

    answers = asyncio.run(run())
    assert {answer.outcome for answer in answers} == {"failed"}
    assert all("ConnectError" in answer.reason for answer in answers)


def test_what_is_not_required_may_be_late_or_broken_and_the_rest_counts() -> None:
    async def work(suppliers: Suppliers, _: str) -> list[SupplierAnswer]:
        asked = [suppliers.ask_all(f"CHAIN100{n % 3 + 1}", deadline_s=30) for n in range(30)]
        return [answers[0] for answers in await asyncio.gather(*asked)] + [
            answers[1]
            for answers in await asyncio.gather(*(suppliers.ask_all("CHAIN1003", deadline_s=30) for _ in range(9)))
        ]

    changes = {"breaker": Breaker(failures=1_000)}
    answers = with_sandbox(work, sandbox={"faults": "hostile=0.3"}, changes=changes)
    partial = [answer for answer in answers if answer.outcome == "ok" and answer.reason]
    assert partial
    assert all("refused" in answer.reason and answer.claims for answer in partial)
