"""Signatures recomputed from what the suppliers' documents say, without the libraries that the client signs with."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, quote

from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS

MAX_SKEW_S: Final = 300.0  # between the clocks of the two sides
_AWS_REQUIRED: Final = frozenset({"host", "x-amz-date", "x-amz-target"})

Headers = Mapping[str, str]


class Denied(Exception):
    """A request is not signed as it should be; the message is what the client is told."""


class Tokens:
    """Access tokens that were given out, each for `life_s`."""

    def __init__(self, *, life_s: float, now: Callable[[], float]) -> None:
        self.life_s = life_s
        self._now = now
        self._ends: dict[str, float] = {}
        self.issued = 0

    def issue(self, authorization: str, form: bytes) -> str:
        """A token for client credentials (RFC 6749, 4.4, with HTTP Basic). Raises Denied."""
        known = SANDBOX_SECRETS["marcone"]
        expected = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
        if not hmac.compare_digest(authorization, f"Basic {expected}"):
            raise Denied("invalid_client")
        if dict(parse_qsl(form.decode("latin-1"))).get("grant_type") != "client_credentials":
            raise Denied("unsupported_grant_type")
        token = secrets.token_urlsafe(24)
        self._ends[token] = self._now() + self.life_s
        self.issued += 1
        return token

    def check(self, headers: Headers) -> None:
        """Raise Denied unless the request carries a token that has not expired."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self._ends.get(token, 0.0) < self._now():
            raise Denied("invalid_token: unknown or expired")

    def revoke_all(self) -> None:
        """Forget every token, as a supplier does that starts anew."""
        self._ends.clear()


def check_bearer(headers: Headers) -> None:
    """Raise Denied unless the key is Encompass's."""
    expected = f"Bearer {SANDBOX_SECRETS['encompass']['api_key']}"
    if not hmac.compare_digest(headers.get("authorization", ""), expected):
        raise Denied("invalid API key")


def check_hmac(method: str, target: str, headers: Headers, *, now: float) -> None:
    """Raise Denied unless key, time and HMAC-SHA256 over method, path with query, and time are right."""
    known, timestamp = SANDBOX_SECRETS["reliable_parts"], headers.get("x-timestamp", "")
    if headers.get("x-api-key") != known["api_key"]:
        raise Denied("unknown API key")
    if not timestamp.isdecimal() or abs(now - float(timestamp)) > MAX_SKEW_S:
        raise Denied("the timestamp is missing or too far off")
    message = "\n".join([method, target, timestamp])
    if not hmac.compare_digest(_hmac_hex(known["api_secret"].encode(), message), headers.get("x-signature", "")):
        raise Denied("the signature does not match")


def check_sigv4(method: str, path: str, query: str, headers: Headers, body: bytes, *, now: float) -> None:
    """Raise Denied unless the request is signed by AWS Signature Version 4, as AWS documents it."""
    known = SANDBOX_SECRETS["amazon"]
    algorithm, _, rest = headers.get("authorization", "").partition(" ")
    fields = dict(item.strip().partition("=")[::2] for item in rest.split(","))
    if algorithm != "AWS4-HMAC-SHA256" or not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise Denied("no AWS4-HMAC-SHA256 authorization")
    access_key, _, scope = fields["Credential"].partition("/")
    day, region, service, end = (scope.split("/") + [""] * 4)[:4]
    stamp = headers.get("x-amz-date", "")
    if access_key != known["access_key"] or service != "ProductAdvertisingAPI" or end != "aws4_request":
        raise Denied("unknown access key or scope")
    if not stamp.startswith(day) or abs(now - _seconds(stamp)) > MAX_SKEW_S:
        raise Denied("the date is missing, too far off, or not that of the scope")
    names = fields["SignedHeaders"].split(";")
    if not set(names) >= _AWS_REQUIRED:
        raise Denied(f"these headers must be signed: {', '.join(sorted(_AWS_REQUIRED))}")
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names]
    ordered = sorted(parse_qsl(query, keep_blank_values=True))
    canonical_query = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in ordered)
    canonical = "\n".join(
        [method, quote(path, safe="/-_.~"), canonical_query, "".join(lines), ";".join(names), _sha256(body)]
    )
    to_sign = "\n".join([algorithm, stamp, scope, _sha256(canonical.encode())])
    key = f"AWS4{known['secret_key']}".encode()
    for part in (day, region, service, end):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_hmac_hex(key, to_sign), fields["Signature"]):
        raise Denied("the signature does not match")


def _seconds(stamp: str) -> float:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac_hex(key: bytes, message: str) -> str:
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
