"""How tests ask: the product's own configs, a sandbox of their own, quick retries."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from attrgen_assets.adapters.suppliers.access import SANDBOX_LIMIT, sandbox_access
from attrgen_assets.adapters.suppliers.configs import load_suppliers
from attrgen_assets.adapters.suppliers.gateway import Access, Suppliers, open_suppliers
from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox, sandbox_base_urls
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import Retries, SupplierConfig

CONFIG_DIR = Path(__file__).resolve().parents[3] / "config"
QUICK = Retries(attempts=3, first_wait_s=0.001, longest_wait_s=0.01)

T = TypeVar("T")


def configs(**changes: Any) -> list[SupplierConfig]:
    """The shipped suppliers, with quick retries and other changes."""
    return [config.model_copy(update={"retries": QUICK, **changes}) for config in load_suppliers(CONFIG_DIR)]


@asynccontextmanager
async def gateway(
    url: str,
    *,
    secrets: Mapping[str, Mapping[str, str]] | None = None,
    changes: Mapping[str, Any] | None = None,
    reach: Mapping[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Suppliers]:
    """The suppliers at a sandbox; `secrets` replaces those of some of them, `reach` what is said of access to all."""
    access = {name: replace(one, **(reach or {})) for name, one in sandbox_access(url).items()}
    for name, values in (secrets or {}).items():
        access[name] = Access(secrets=values, base_url=sandbox_base_urls(url)[name], limit=SANDBOX_LIMIT)
    async with open_suppliers(configs(**(changes or {})), access, **({"redis_url": None} | options)) as suppliers:
        yield suppliers


def with_sandbox(
    work: Callable[[Suppliers, str], Awaitable[T]], *, sandbox: Mapping[str, Any] | None = None, **options: Any
) -> T:
    """What `work` gives with a gateway to a sandbox of its own, and the sandbox's URL."""

    async def run(url: str) -> T:
        async with gateway(url, **options) as suppliers:
            return await work(suppliers, url)

    with running_sandbox(**{"latency_ms": 0, "parts": 300, **(sandbox or {})}) as url:
        return asyncio.run(run(url))


def ask(part_number: str = "WR55X10025", *, deadline_s: float = 30, **options: Any) -> dict[str, SupplierAnswer]:
    """The answers to one question to a sandbox of its own, by supplier."""

    async def work(suppliers: Suppliers, _: str) -> list[SupplierAnswer]:
        return await suppliers.ask_all(part_number, deadline_s=deadline_s)

    return {answer.supplier: answer for answer in with_sandbox(work, **options)}


__all__ = ["CONFIG_DIR", "QUICK", "SANDBOX_SECRETS", "ask", "configs", "gateway", "with_sandbox"]
