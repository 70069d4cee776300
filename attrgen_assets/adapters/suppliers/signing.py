"""How requests are signed: one httpx.Auth for each scheme."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749 import OAuth2Token
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from attrgen_assets.domain.parts.json_text import HostileJsonError, parse_json_object
from attrgen_assets.domain.parts.supplier_config import SupplierConfig

_SIGNED_BY_AWS: Final = ("host", "content-type", "content-encoding", "x-amz-target")
_LEEWAY_FRACTION: Final = 0.1  # of a token's life: a token is renewed before it ends on its way
_DEFAULT_LIFE_S: Final = 300.0  # of a token whose answer does not say


class SigningError(Exception):
    """No token could be had; `transient` where another try may help."""

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class BearerKey(httpx.Auth):
    """An API key as a bearer token (RFC 6750)."""

    def __init__(self, api_key: str) -> None:
        self._header = f"Bearer {api_key}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign."""
        request.headers["Authorization"] = self._header
        yield request


class HmacSignature(httpx.Auth):
    """HMAC-SHA256 (RFC 2104) over method, path with query, and Unix time in seconds, one a line; in hexadecimal."""

    def __init__(self, api_key: str, api_secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._key = api_key
        self._secret = api_secret.encode()
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign, at every attempt anew."""
        timestamp = str(int(self._now()))
        message = f"{request.method}\n{request.url.raw_path.decode('ascii')}\n{timestamp}".encode()
        request.headers["X-Api-Key"] = self._key
        request.headers["X-Timestamp"] = timestamp
        request.headers["X-Signature"] = hmac.new(self._secret, message, hashlib.sha256).hexdigest()
        yield request


class AwsSignature(httpx.Auth):
    """AWS Signature Version 4, by botocore."""

    requires_request_body = True

    def __init__(self, access_key: str, secret_key: str, *, region: str, service: str) -> None:
        self._signer: Any = SigV4Auth(Credentials(access_key, secret_key), service, region)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the headers that AWS looks at, and the body."""
        headers = {name: request.headers[name] for name in _SIGNED_BY_AWS if name in request.headers}
        signed = AWSRequest(method=request.method, url=str(request.url), data=request.content, headers=headers)
        self._signer.add_auth(signed)
        for name in ("Authorization", "X-Amz-Date"):
            request.headers[name] = signed.headers[name]
        yield request


class ClientCredentials(httpx.Auth):
    """OAuth 2.0 client credentials (RFC 6749, 4.4): a token kept until shortly before its end, renewed once on a 401.

    One request at a time asks for a token; the others wait for it. The token's requests are not counted by the rate
    limiter: there is one in the life of a token.
    """

    def __init__(
        self, client_id: str, client_secret: str, *, url: str, scope: str, now: Callable[[], float] = time.time
    ) -> None:
        self._client: Any = ClientAuth(client_id, client_secret, "client_secret_basic")
        self._url = url
        self._scope = scope
        self._now = now
        self._token: str | None = None
        self._renew_at = 0.0
        self._lock = asyncio.Lock()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token that is in use."""
        return (self._token,) if self._token else ()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign with the token, getting one first where there is none; after a 401 once more with a new one."""
        refused: str | None = None
        for _ in range(2):
            async with self._lock:
                if self._token is None or self._token == refused or self._now() >= self._renew_at:
                    response = yield self._token_request()
                    await response.aread()
                    self._keep(response)
                used = self._token
            request.headers["Authorization"] = f"Bearer {used}"
            response = yield request
            if response.status_code != 401:
                return
            refused = used

    def _token_request(self) -> httpx.Request:
        body = prepare_token_request("client_credentials", "", scope=self._scope or None)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        url, signed, body = self._client.prepare("POST", self._url, headers, body)
        return httpx.Request("POST", url, headers={**signed, "Accept-Encoding": "identity"}, content=body)

    def _keep(self, response: httpx.Response) -> None:
        """The token of an answer. Raises SigningError, which never repeats the answer: it may hold a token."""
        self._token = None
        status = response.status_code
        if status != 200:
            transient = status == 429 or status >= 500
            raise SigningError(f"sign-in at {self._url} failed: HTTP {status}", transient=transient)
        try:
            token: Any = OAuth2Token.from_dict(parse_json_object(response.text))
        except (HostileJsonError, ValueError, TypeError) as error:
            raise SigningError(
                f"sign-in at {self._url} failed: the answer is no JSON object", transient=False
            ) from error
        text = token.get("access_token")
        if not isinstance(text, str) or not text.isascii() or not text.isprintable() or not text:
            raise SigningError(
                f"sign-in at {self._url} failed: the answer has no access token that can be used", transient=False
            )
        life = token.get("expires_in")
        life_s = float(life) if isinstance(life, int | float) and life > 0 else _DEFAULT_LIFE_S
        self._token = text
        self._renew_at = self._now() + life_s * (1 - _LEEWAY_FRACTION)


def sign_with(config: SupplierConfig, secrets: Mapping[str, str], *, base_url: str) -> httpx.Auth:
    """The signature of a supplier's scheme, with the secrets that `supplier_config.SECRETS` names."""
    auth = config.auth
    if auth.scheme == "bearer":
        return BearerKey(secrets["api_key"])
    if auth.scheme == "hmac":
        return HmacSignature(secrets["api_key"], secrets["api_secret"])
    if auth.scheme == "sigv4":
        return AwsSignature(secrets["access_key"], secrets["secret_key"], region=auth.region, service=auth.service)
    url = base_url + auth.token_path
    return ClientCredentials(secrets["client_id"], secrets["client_secret"], url=url, scope=auth.scope)


def spellings_of(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Every way in which a server may repeat the secrets: as they are, in JSON, in a URL, as HTTP Basic; longest first.

    >>> spellings_of({"api_key": "a/b"})
    ('a%2Fb', 'a\\\\/b', 'a/b')
    """
    texts = set(secrets.values())
    if {"client_id", "client_secret"} <= secrets.keys():
        pair = f"{secrets['client_id']}:{secrets['client_secret']}"
        texts.add(base64.b64encode(pair.encode()).decode())
    found = {*texts, *(quote(text, safe="") for text in texts), *(quote_plus(text) for text in texts)}
    for text in texts:
        written = json.dumps(text)[1:-1]
        found |= {written, written.replace("/", "\\/"), json.dumps(text, ensure_ascii=False)[1:-1]}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))
