"""What the client signs with libraries is what the sandbox recomputes by hand, and nothing else passes."""

import time
from typing import Any

import httpx
import pytest

from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.checks import Denied, Tokens, check_bearer, check_hmac, check_sigv4
from attrgen_assets.adapters.suppliers.signing import AwsSignature, BearerKey, HmacSignature

AWS = SANDBOX_SECRETS["amazon"]
URL = "https://webservices.example.com/paapi5/searchitems?b=2&a=x%20y"


def _signed_by_aws(**changes: Any) -> dict[str, Any]:
    headers = {
        "content-type": "application/json",
        "content-encoding": "amz-1.0",
        "x-amz-target": "com.amazon.paapi5.v1.ProductAdvertisingAPIv1.SearchItems",
    }
    request = httpx.Request("POST", URL, headers=headers, content=b'{"Keywords": "X"}')
    auth = AwsSignature(AWS["access_key"], AWS["secret_key"], region="us-east-1", service="ProductAdvertisingAPI")
    next(auth.auth_flow(request))
    signed = {
        "method": "POST",
        "path": "/paapi5/searchitems",
        "query": "b=2&a=x%20y",
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": request.content,
        "now": time.time(),
    }
    return signed | changes


def _check(call: dict[str, Any]) -> None:
    check_sigv4(call["method"], call["path"], call["query"], call["headers"], call["body"], now=call["now"])


def test_a_request_signed_by_botocore_passes_the_check_by_hand() -> None:
    call = _signed_by_aws()
    _check(call)
    assert call["headers"]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=SANDBOXACCESSKEY/")


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b'{"Keywords": "Y"}'},
        {"method": "GET"},
        {"path": "/paapi5/getitems"},
        {"query": "b=3&a=x%20y"},
        {"now": time.time() + 3_600},
    ],
    ids=["body", "method", "path", "query", "late"],
)
def test_a_changed_request_does_not(changes: dict[str, Any]) -> None:
    with pytest.raises(Denied):
        _check(_signed_by_aws(**changes))


@pytest.mark.parametrize("name", ["x-amz-target", "x-amz-date", "authorization", "host"])
def test_nor_one_with_a_changed_header(name: str) -> None:
    call = _signed_by_aws()
    call["headers"][name] = call["headers"][name].replace("a", "b").replace("2", "3")
    with pytest.raises(Denied):
        _check(call)


def test_an_hmac_covers_method_path_as_it_was_sent_and_time() -> None:
    request = httpx.Request("GET", "https://api.example.com/v1/parts/W10%2F5?x=1")
    next(
        HmacSignature("sandbox-reliable-key", "sandbox-reliable-secret", now=lambda: 1_700_000_000.9).auth_flow(request)
    )
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["x-timestamp"] == "1700000000"
    check_hmac("GET", "/v1/parts/W10%2F5?x=1", headers, now=1_700_000_100)
    for method, target, now in [
        ("POST", "/v1/parts/W10%2F5?x=1", 1_700_000_100),
        ("GET", "/v1/parts/W10/5?x=1", 1_700_000_100),
        ("GET", "/v1/parts/W10%2F5?x=1", 1_700_000_400),
    ]:
        with pytest.raises(Denied):
            check_hmac(method, target, headers, now=now)


def test_a_bearer_key_is_the_key() -> None:
    request = httpx.Request("GET", "https://api.example.com/")
    next(BearerKey("sandbox-encompass-key").auth_flow(request))
    check_bearer(request.headers)
    with pytest.raises(Denied):
        check_bearer({"authorization": "Bearer other"})


def test_tokens_end() -> None:
    now = [0.0]
    tokens = Tokens(life_s=10, now=lambda: now[0])
    basic = httpx.BasicAuth(SANDBOX_SECRETS["marcone"]["client_id"], SANDBOX_SECRETS["marcone"]["client_secret"])
    request = next(basic.auth_flow(httpx.Request("POST", "https://api.example.com/")))
    token = tokens.issue(request.headers["authorization"], b"grant_type=client_credentials")
    tokens.check({"authorization": f"Bearer {token}"})
    now[0] = 11
    with pytest.raises(Denied):
        tokens.check({"authorization": f"Bearer {token}"})
    with pytest.raises(Denied):
        tokens.issue("Basic eA==", b"grant_type=client_credentials")
