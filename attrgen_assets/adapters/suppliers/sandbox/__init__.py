"""A local server that speaks the protocols of all four suppliers, over an invented catalogue whose truth is known.

    catalogue   the parts and their true values, from a seed
    offers      what each supplier says of a part: its errors, gaps, copies from another, stale prices
    payloads    an offer in the words of each supplier's API
    checks      signatures, recomputed without any library that made them
    faults      429, 500, hangs, truncated and hostile answers, at given rates
    app         the HTTP interface (ASGI)
    server      in a process of its own, stopped by its starter

Listens on the loopback interface only. Its credentials are no secret.
"""

from typing import Final

SANDBOX_SECRETS: Final[dict[str, dict[str, str]]] = {
    "encompass": {"api_key": "sandbox-encompass-key"},
    "marcone": {"client_id": "sandbox-marcone-id", "client_secret": "sandbox-marcone-secret"},
    "reliable_parts": {"api_key": "sandbox-reliable-key", "api_secret": "sandbox-reliable-secret"},
    "amazon": {
        "access_key": "SANDBOXACCESSKEY",
        "secret_key": "sandbox-amazon-secret",
        "partner_tag": "sandbox-20",
    },
}

BASE_PATHS: Final = {
    "encompass": "/encompass/v1",
    "marcone": "/marcone/v2",
    "reliable_parts": "/reliable_parts/v1",
    "amazon": "/amazon/paapi5",
}
