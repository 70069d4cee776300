"""A supplier's answer made again from its responses, by the mapping as it is now; nobody is called."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrgen_assets.domain.parts.claims import unreadable
from attrgen_assets.domain.parts.normalise import claims_of, documents_of, succession_of
from attrgen_assets.domain.parts.paths import finds
from attrgen_assets.domain.parts.responses import Outcome, RawResponse, SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import SupplierConfig

_NOT_FOUND: Final = 404


def answer_of(responses: Sequence[RawResponse], config: SupplierConfig) -> SupplierAnswer:
    """The answer that these responses of one supplier to one part make; at least one of them.

    Its time is that from the question to the last response. Raises MissingExtra.
    """
    documents = documents_of(responses, config)
    outcome, reason = _outcome(responses, documents.bodies, config)
    future = succession_of(documents, config)
    claims = claims_of(documents, config) if outcome in ("ok", "failed") else ()
    return SupplierAnswer(
        supplier=config.supplier,
        part_number=responses[0].part_number,
        outcome=outcome,
        reason=reason or unreadable(claims),
        responses=tuple(responses),
        claims=claims,
        superseded_by=future.superseded_by,
        discontinued=future.discontinued,
        elapsed_s=max((one.received_at - one.asked_at).total_seconds() for one in responses),
    )


def _outcome(
    responses: Sequence[RawResponse], bodies: Mapping[str, Any], config: SupplierConfig
) -> tuple[Outcome, str]:
    """As whoever asked would have judged: what is required decides, what else is missing is told."""
    last = {response.endpoint: response for response in responses}
    failed = {name: _why(name, last[name]) for name in last if name not in bodies and last[name].status != _NOT_FOUND}
    required = [name for name, endpoint in config.endpoints.items() if endpoint.required]
    broken = [failed[name] for name in required if name in failed]
    if broken:
        return "failed", "; ".join(broken)
    if any(_absent(name, last, bodies, config) for name in required):
        return "not_found", ""
    left_out = [name for name in required if name not in bodies]
    if left_out:
        return "failed", f"{', '.join(left_out)}: not asked for"
    return "ok", "; ".join(failed.values())


def _why(endpoint: str, response: RawResponse) -> str:
    said = response.error or "the answer was not understood"
    return said if said.startswith(f"{endpoint}: ") else f"{endpoint}: {said}"


def _absent(endpoint: str, last: Mapping[str, RawResponse], bodies: Mapping[str, Any], config: SupplierConfig) -> bool:
    if endpoint not in bodies:
        return endpoint in last and last[endpoint].status == _NOT_FOUND
    path = config.endpoints[endpoint].found
    return path is not None and not finds(path, bodies[endpoint], part_number=last[endpoint].part_number)
