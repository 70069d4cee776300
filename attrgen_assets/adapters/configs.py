"""The configs in force: the files on disk, and where one is invalid the last good copy of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from attrgen_assets.adapters.config_files import load_all, load_product_type, source_digest
from attrgen_assets.adapters.config_files.folder import TYPES_FOLDER
from attrgen_assets.adapters.last_good import LastGoodConfigs
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigInForce:
    """A config, and why it is not the one on disk where it is not."""

    product_type: ProductType
    error: ConfigError | None = None

    @property
    def fingerprint(self) -> str:
        """A digest of the whole config, gates and descriptions included, which `config_version` leaves out."""
        return hashlib.blake2b(self.product_type.model_dump_json().encode(), digest_size=16).hexdigest()

    @property
    def is_last_good(self) -> bool:
        """Whether the file on disk is invalid and this is the copy of its last good state."""
        return self.error is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigsInForce:
    """All configs at one moment: what is in force by name, and the errors of invalid files by name."""

    in_force: Mapping[str, ConfigInForce]
    errors: Mapping[str, ConfigError]

    @property
    def valid(self) -> tuple[str, ...]:
        """Names of product types whose file is valid."""
        return tuple(sorted(name for name in self.in_force if name not in self.errors))


class Configs:
    """Loads configs and remembers the good ones.

    A config is loaded once per object and name: all steps of a run work with the same one, also if the file changes
    meanwhile.
    """

    def __init__(self, *, config_dir: Path, last_good: LastGoodConfigs) -> None:
        self._config_dir = config_dir
        self._last_good = last_good
        self._loaded: dict[str, ConfigInForce] = {}

    @property
    def config_dir(self) -> Path:
        """Where the files are."""
        return self._config_dir

    @property
    def folder_exists(self) -> bool:
        """Whether there is a folder of product types at all; without it nothing can be said of any."""
        return (self._config_dir / TYPES_FOLDER).is_dir()

    def get(self, name: str) -> ConfigInForce:
        """The config of one product type.

        Raises:
            UnknownProductType: there is no file of that name.
            ConfigError: the file is invalid, and it never was valid.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def all(self) -> ConfigsInForce:
        """All product types that have a file, read anew."""
        load = load_all(self._config_dir)
        in_force = {}
        for name, product_type in load.product_types.items():
            self._last_good.remember(product_type)
            in_force[name] = ConfigInForce(product_type=product_type)
        for name, error in load.errors.items():
            kept = self._last_good.recall(name)
            if kept is not None:
                in_force[name] = ConfigInForce(product_type=kept, error=error)
        return ConfigsInForce(in_force=dict(sorted(in_force.items())), errors=dict(sorted(load.errors.items())))

    def source_digest(self, name: str) -> str:
        """A digest of the bytes that the config is made of, valid or not.

        Raises: UnknownProductType where there is no file of that name.
        """
        return source_digest(self._config_dir, name)

    def _load(self, name: str) -> ConfigInForce:
        try:
            product_type = load_product_type(self._config_dir, name)
        except ConfigError as error:
            kept = self._last_good.recall(name)
            if kept is None:
                raise
            return ConfigInForce(product_type=kept, error=error)
        self._last_good.remember(product_type)
        return ConfigInForce(product_type=product_type)
