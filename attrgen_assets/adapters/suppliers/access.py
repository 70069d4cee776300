"""How suppliers are reached: with credentials of one's own, or all at a sandbox."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pydantic import SecretStr

from attrgen_assets.adapters.suppliers.gateway import Access
from attrgen_assets.adapters.suppliers.sandbox import SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.server import sandbox_base_urls
from attrgen_assets.domain.parts.supplier_config import SECRETS, Limit, SupplierConfig

SANDBOX_LIMIT: Final = Limit(requests_per_s=5_000, burst=500)  # nobody's limit: it is there to be loaded
_BASE_URL: Final = "base_url"


def real_access(
    configs: Iterable[SupplierConfig], variables: Callable[[str, Iterable[str]], Mapping[str, SecretStr]]
) -> dict[str, Access]:
    """Per supplier what its variables say: secrets, and <SUPPLIER>_BASE_URL in place of the config's.

    Args:
        configs: the suppliers.
        variables: those of a supplier by the names that are asked for; names without a value are left out.
    """
    found: dict[str, Access] = {}
    for config in configs:
        said = variables(config.supplier, (*SECRETS[config.auth.scheme], _BASE_URL))
        plain = {name: value.get_secret_value() for name, value in said.items()}
        base_url = plain.pop(_BASE_URL, None)
        found[config.supplier] = Access(secrets=plain, base_url=base_url.rstrip("/") if base_url else None)
    return found


def sandbox_access(url: str) -> dict[str, Access]:
    """All suppliers at one sandbox, with its credentials and no limit to speak of."""
    return {
        supplier: Access(secrets=SANDBOX_SECRETS[supplier], base_url=base_url, limit=SANDBOX_LIMIT, place="sandbox")
        for supplier, base_url in sandbox_base_urls(url).items()
    }
