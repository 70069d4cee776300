"""What parts work with, from settings: suppliers, attributes, rules. Composition only, as `wiring` is for feeds."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from attrgen_assets.adapters.part_rules import load_attribute_registry, load_part_rules
from attrgen_assets.adapters.services import embedded_redis
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
from attrgen_assets.adapters.suppliers.configs import load_suppliers
from attrgen_assets.domain.catalogue.record import remade_document
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
from attrgen_assets.domain.parts.supplier_config import SECRETS, SupplierConfig
from attrgen_assets.domain.ports import Document
from attrgen_assets.errors import needs_extra
from attrgen_assets.settings import Settings, supplier_variables
from attrgen_assets.wiring import Services, utc_now
from attrgen_assets.workflows.catalogue_part import CataloguePorts
from attrgen_assets.workflows.correct_part import CorrectedPart, correct_part, withdraw_correction
from attrgen_assets.workflows.judge import JudgePorts
from attrgen_assets.workflows.lookup import LookupPorts

if TYPE_CHECKING:  # an extra brings what it needs
    from attrgen_assets.adapters.suppliers.gateway import Suppliers


def attribute_registry(settings: Settings) -> AttributeRegistry:
    """The attributes of specification tables. Raises ConfigError for a file that is wrong."""
    return load_attribute_registry(settings.resolved_config_dir)


def supplier_configs(settings: Settings) -> tuple[SupplierConfig, ...]:
    """The suppliers of the config folder. Raises ConfigError with every problem of every file."""
    return load_suppliers(settings.resolved_config_dir)


def who_is_asked(settings: Settings) -> str:
    """Whether the suppliers themselves are asked, in words: what a sandbox says is invented."""
    if settings.suppliers_sandbox_url is not None:
        return f"a sandbox with an invented catalogue: {settings.suppliers_sandbox_url}"
    configs = supplier_configs(settings)
    named = [one.supplier for one in configs if supplier_variables(one.supplier, SECRETS[one.auth.scheme])]
    if not named:
        return "a sandbox with an invented catalogue: no supplier's credentials are set"
    return f"the suppliers themselves: {', '.join(named)}"


@asynccontextmanager
async def open_supplier_gateway(settings: Settings) -> "AsyncIterator[Suppliers]":
    """The suppliers of the config folder for the length of the block.

    With no credential of any supplier in the environment, and no ATTRGEN_SUPPLIERS_SANDBOX_URL, a sandbox is started
    and asked instead. Limits are shared through Redis with all processes that ask real suppliers.

    Raises ConfigError; MissingExtra where the extra `parts` is not installed; NoServerError.
    """
    with needs_extra("parts", "asking suppliers"):
        from attrgen_assets.adapters.suppliers.access import real_access, sandbox_access  # noqa: PLC0415 - an extra
        from attrgen_assets.adapters.suppliers.gateway import open_suppliers  # noqa: PLC0415 - as above
        from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox  # noqa: PLC0415 - as above
    configs = supplier_configs(settings)
    access = real_access(configs, supplier_variables)
    redis_url: str | None = None
    with ExitStack() as stack:
        if settings.suppliers_sandbox_url is not None:
            access = sandbox_access(settings.suppliers_sandbox_url)
        elif not any(reach.secrets for reach in access.values()):
            access = sandbox_access(stack.enter_context(running_sandbox()))
        elif settings.redis_url is not None:
            redis_url = settings.redis_url.get_secret_value()
        else:
            redis_url = stack.enter_context(embedded_redis(settings.home))
        async with open_suppliers(configs, access, redis_url=redis_url, now=utc_now) as suppliers:
            yield suppliers


def catalogue_ports(services: Services, judge: JudgePorts) -> CataloguePorts:
    """What making records of parts works with. Raises ConfigError for rules or attributes that are wrong."""
    return CataloguePorts(
        documents=services.store,
        rules=services.part_rules(),
        registry=attribute_registry(services.settings),
        judge=judge,
        now=services.clock,
        model=services.source_models.source_model(PRODUCT_TYPE),
    )


def correct_stored_part(
    settings: Settings, store: MongoStore, part_number: str, field: str, text: str, *, by: str, reason: str
) -> CorrectedPart:
    """Say what a field of a stored part is; see `workflows.correct_part`. Raises ConfigError besides."""
    now = utc_now()
    return correct_part(
        part_number, field, text, store=store, rules=load_part_rules(settings.resolved_config_dir),
        remade=_remade(settings, now), by=by, reason=reason, now=now,
    )  # fmt: skip


def withdraw_stored_correction(
    settings: Settings, store: MongoStore, part_number: str, field: str, *, by: str, reason: str
) -> None:
    """Take a correction back; see `workflows.correct_part`. Raises ConfigError besides."""
    now = utc_now()
    withdraw_correction(part_number, field, store=store, remade=_remade(settings, now), by=by, reason=reason, now=now)


def _remade(settings: Settings, now: datetime) -> Callable[[Document, PartRecord], Document]:
    """A stored document with another record in it."""
    registry = attribute_registry(settings)
    return lambda document, record: remade_document(
        document, record, registry=registry, run_id=document["run_id"], at=now
    )


def part_lookup_ports(services: Services, suppliers: "Suppliers", judge: JudgePorts) -> LookupPorts:
    """What a lookup of a part works with. Raises ConfigError for rules that are wrong."""
    return LookupPorts(
        suppliers=suppliers,
        configs={config.supplier: config for config in supplier_configs(services.settings)},
        responses=services.raw_responses,
        sessions=MongoLookups(services.store.database),
        catalogue=catalogue_ports(services, judge),
        cache=services.cache,
        now=services.clock,
        new_id=lambda: uuid4().hex,
    )
