"""A supplier as config/suppliers/*.yaml describes it: where, how to sign, what to ask, and what the answer means."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.paths import check_path

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Reduce = Literal["first", "union", "median", "min", "max", "low_half_mean", "high_half_mean"]
Scheme = Literal["bearer", "oauth2", "hmac", "sigv4"]

SECRETS: Final[dict[Scheme, tuple[str, ...]]] = {
    "bearer": ("api_key",),
    "oauth2": ("client_id", "client_secret"),
    "hmac": ("api_key", "api_secret"),
    "sigv4": ("access_key", "secret_key", "partner_tag"),
}
"""What each scheme needs; from the variables <SUPPLIER>_<NAME> of the environment, ENCOMPASS_API_KEY for one."""


class Model(BaseModel):
    """Frozen, and without room for a key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _path(text: str) -> str:
    problem = check_path(text)
    if problem is not None:
        raise ValueError(f"not a JMESPath: {problem}")
    return text


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if groups != 1:
        raise ValueError(f"needs exactly one group, has {groups}")
    return text


JmesPath = Annotated[str, Field(min_length=1)]


class Auth(Model):
    """How requests are signed. token_path: of oauth2, below the base URL. region, service: of sigv4."""

    scheme: Scheme
    token_path: str = "/oauth/token"  # noqa: S105 - a path
    scope: str = ""
    region: str = "us-east-1"
    service: str = "ProductAdvertisingAPI"


class Limit(Model):
    """At most `requests_per_s` on average, and `burst` at once, over all processes that share a Redis."""

    requests_per_s: float = Field(gt=0, le=10_000)
    burst: int = Field(default=1, ge=1, le=10_000)


class Retries(Model):
    """Of transient errors: attempts in all; a wait doubles from `first_wait_s` up to `longest_wait_s`, with jitter."""

    attempts: int = Field(default=3, ge=1, le=10)
    first_wait_s: float = Field(default=0.2, ge=0, le=10)
    longest_wait_s: float = Field(default=2.0, ge=0, le=60)


class Breaker(Model):
    """After `failures` in a row the supplier is left alone for `cool_down_s`; then one request tries it."""

    failures: int = Field(default=5, ge=1)
    cool_down_s: float = Field(default=30.0, gt=0)


class Pages(Model):
    """A paged endpoint: `total` is the JMESPath of the number of results, `size` of a page, `most` pages are asked."""

    total: JmesPath
    size: int = Field(ge=1)
    most: int = Field(default=3, ge=1, le=10)

    _check = field_validator("total")(_path)


class Endpoint(Model):
    """One request; `{pn}`, `{page}`, `{partner_tag}` and names of `values` in path, query and body stand for values.

    after: another endpoint that is asked first; `values` are JMESPaths into its answer, and where one finds nothing
    this endpoint is left out. found: JMESPath that finds something exactly where the supplier has the part.
    required: without its answer the supplier has failed; else its absence is only told.
    """

    method: Literal["GET", "POST"] = "GET"
    path: str = Field(pattern=r"^/")
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: dict[str, Any] | None = None
    after: Name | None = None
    values: dict[Name, JmesPath] = {}
    pages: Pages | None = None
    found: JmesPath | None = None
    required: bool = False

    @field_validator("values")
    @classmethod
    def _check_values(cls, values: dict[str, str]) -> dict[str, str]:
        return {name: _path(path) for name, path in values.items()}

    @field_validator("found")
    @classmethod
    def _check_found(cls, path: str | None) -> str | None:
        return None if path is None else _path(path)


class Rule(Model):
    """Where a field's value stands: a JMESPath into an endpoint's answer (of a paged one: into the list of its pages).

    unit: of a number without one. reduce: several values to one. pattern: the value is its one group. split: a text
    into a list. values: the supplier's words for an enum. missing, not_applicable: more markers than the supplier's.
    observed: JMESPath of the date of the value, flagged stale when it is more than `stale_after_days` old.
    """

    endpoint: Name
    path: JmesPath
    unit: str | None = None
    reduce: Reduce = "first"
    pattern: str | None = None
    split: str | None = None
    values: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    observed: JmesPath | None = None
    stale_after_days: int | None = Field(default=None, ge=1)

    _check_path = field_validator("path")(_path)

    @field_validator("observed")
    @classmethod
    def _check_observed(cls, path: str | None) -> str | None:
        return None if path is None else _path(path)

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, text: str | None) -> str | None:
        return None if text is None else _pattern(text)


class Supersession(Model):
    """How the supplier says "NLA use sub X".

    successor: where the new number stands. prefix: where a text stands that is glued to its front. pattern: the number
    is its one group. discontinued: JMESPath of a text; `discontinued_words` in it say that the part is no more.
    """

    endpoint: Name
    successor: JmesPath
    prefix: JmesPath | None = None
    pattern: str | None = None
    discontinued: JmesPath | None = None
    discontinued_words: tuple[str, ...] = ("nla", "no longer available", "discontinued")

    _check_successor = field_validator("successor")(_path)

    @field_validator("prefix", "discontinued")
    @classmethod
    def _check_paths(cls, path: str | None) -> str | None:
        return None if path is None else _path(path)

    @field_validator("pattern")
    @classmethod
    def _check_pattern(cls, text: str | None) -> str | None:
        return None if text is None else _pattern(text)


class SupplierConfig(Model):
    """A supplier. timeout_s: for all its requests about one part. max_bytes: of one response.

    unit_words: units that only this supplier writes, in words of `domain.units` (hundredths-inches: centiinch).
    """

    supplier: Name
    title: str = Field(min_length=1)
    base_url: str = Field(pattern=r"^https?://[^/?#]+(/[^?#]*[^/?#])?$")
    auth: Auth
    limit: Limit
    timeout_s: float = Field(default=10.0, gt=0, le=120)
    max_bytes: int = Field(default=1_000_000, ge=1_000, le=8_000_000)
    retries: Retries = Retries()
    breaker: Breaker = Breaker()
    endpoints: dict[Name, Endpoint] = Field(min_length=1)
    missing: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    unit_words: dict[str, str] = {}
    supersession: Supersession | None = None
    fields: dict[str, tuple[Rule, ...]]

    def faults(self) -> list[tuple[tuple[str, ...], str]]:
        """What is wrong between the parts of the file: (path of keys, message) each."""
        found: list[tuple[tuple[str, ...], str]] = []
        for name, endpoint in self.endpoints.items():
            if endpoint.after is not None and (
                endpoint.after not in self.endpoints or self.endpoints[endpoint.after].after is not None
            ):
                found.append((("endpoints", name, "after"), f"{endpoint.after!r} is no endpoint that is asked first"))
            if endpoint.values and endpoint.after is None:
                found.append((("endpoints", name, "values"), "values need `after`: the endpoint whose answer has them"))
        if not any(endpoint.required for endpoint in self.endpoints.values()):
            found.append((("endpoints",), "none is required: nobody could tell whether the supplier has a part"))
        for name, rules in self.fields.items():
            if name not in PART_FIELDS:
                found.append((("fields", name), f"no such field; there are {', '.join(PART_FIELDS)}"))
            for rule in rules:
                if rule.endpoint not in self.endpoints:
                    found.append((("fields", name), f"no such endpoint: {rule.endpoint!r}"))
        if self.supersession is not None and self.supersession.endpoint not in self.endpoints:
            found.append((("supersession", "endpoint"), f"no such endpoint: {self.supersession.endpoint!r}"))
        return found
