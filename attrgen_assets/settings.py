"""The one place that reads the environment."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process of attrgen was told by its environment (and nothing else reads it).

    >>> Settings(home="/tmp/x").parquet_dir.as_posix()
    '/tmp/x/parquet'
    """

    model_config = SettingsConfigDict(
        env_prefix="ATTRGEN_",
        env_ignore_empty=True,  # `MONGODB_URI= attrgen run` means: not set
        frozen=True,
        extra="ignore",
    )

    home: Path = Field(default=Path(".attrgen"), description="data of this installation: tables, servers, logs")
    config_dir: Path | None = Field(
        default=None, description="folder with product_types/ and common/; default ./config, else the project's own"
    )
    feeds_dir: Path | None = Field(default=None, description="root of feed paths; default <config_dir>/feeds")
    mongodb_uri: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("MONGODB_URI", "mongodb_uri"),
        description="use this MongoDB instead of an embedded one",
    )
    mongodb_database: str = Field(default="attrgen", description="database name", pattern=r"^[A-Za-z0-9_-]{1,38}$")
    redis_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("REDIS_URL", "redis_url"),
        description="use this Redis instead of an embedded one",
    )
    match_cache_ttl_s: int = Field(default=7 * 24 * 3600, ge=1, description="life of a cached match, seconds")
    store_timeout_s: float = Field(default=5.0, gt=0, description="how long MongoDB may take to be found, seconds")
    cache_timeout_s: float = Field(default=0.5, gt=0, description="how long Redis may take to answer, seconds")
    suppliers_sandbox_url: str | None = Field(
        default=None, description="ask this `attrgen suppliers sandbox` instead of any supplier", pattern=r"^https?://"
    )
    supplier_deadline_s: float = Field(
        default=10.0, gt=0, description="how long a supplier may take for a part in a run of the graph, seconds"
    )
    batch_rows: int = Field(default=50_000, ge=1, description="rows worked on at a time")
    llm_base_url: str = Field(
        default="https://api.openai.com/v1", description="OpenAI-compatible service", pattern=r"^https?://"
    )
    llm_api_key: SecretStr | None = Field(default=None, description="its key; without one no language model is asked")
    llm_model: str | None = Field(default=None, description="the language model's name; without one none is asked")
    llm_timeout_s: float = Field(default=30.0, gt=0, description="how long an answer may take, seconds")
    llm_max_calls: int = Field(default=1_000, ge=0, description="most calls of one run")
    llm_max_tokens: int = Field(default=1_000_000, ge=0, description="most tokens of one run, in and out")
    llm_price_in: float | None = Field(default=None, ge=0, description="price of a million tokens that go in")
    llm_price_out: float | None = Field(default=None, ge=0, description="price of a million tokens that come out")
    openai_base_url: str = Field(
        default="https://api.openai.com/v1", description="the first model that judges records", pattern=r"^https?://"
    )
    openai_api_key: SecretStr | None = Field(default=None, description="its key; without one it is not asked")
    openai_model: str | None = Field(default=None, description="its name; without one it is not asked")
    openai_price_in: float | None = Field(default=None, ge=0, description="price of a million tokens that go in")
    openai_price_out: float | None = Field(default=None, ge=0, description="price of a million tokens that come out")
    grok_base_url: str = Field(
        default="https://api.x.ai/v1", description="the second model that judges records", pattern=r"^https?://"
    )
    grok_api_key: SecretStr | None = Field(default=None, description="its key; without one it is not asked")
    grok_model: str | None = Field(default=None, description="its name; without one it is not asked")
    grok_price_in: float | None = Field(default=None, ge=0, description="price of a million tokens that go in")
    grok_price_out: float | None = Field(default=None, ge=0, description="price of a million tokens that come out")
    llm_daily_max_tokens: int = Field(default=1_000_000, ge=0, description="most tokens of a day, for all records")
    llm_daily_max_cost: float | None = Field(default=None, ge=0, description="most cost of a day; needs prices")
    llm_record_max_tokens: int = Field(default=30_000, ge=0, description="most tokens of one record")
    llm_record_max_cost: float | None = Field(default=None, ge=0, description="most cost of one record; needs prices")
    llm_deadline_s: float = Field(
        default=30.0, gt=0, description="how long all questions about one record may take, seconds"
    )
    images_url: str | None = Field(
        default=None, description="where pictures are kept: a folder or s3://bucket/folder; default <home>/images"
    )
    images_max_bytes: int = Field(default=20_000_000, ge=1, description="most bytes of one picture")
    images_max_pixels: int = Field(default=50_000_000, ge=1, description="most pixels of one picture")
    images_total_s: float = Field(default=30.0, gt=0, description="how long one download may take, seconds")
    images_parallel: int = Field(default=8, ge=1, description="downloads of pictures at a time")
    images_allowed_networks: tuple[str, ...] = Field(
        default=(), description="networks that are not public and pictures are taken from all the same, as a JSON list"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: str = Field(default="auto", description="auto (text on a terminal, else json), text or json")

    @property
    def parquet_dir(self) -> Path:
        """Where tables between steps lie."""
        return self.home / "parquet"

    @property
    def models_dir(self) -> Path:
        """Where the models of product types lie."""
        return self.home / "models"

    @property
    def resolved_images_url(self) -> str:
        """Where pictures are kept."""
        return self.images_url if self.images_url is not None else str(self.home / "images")

    @property
    def resolved_config_dir(self) -> Path:
        """The config folder in force."""
        if self.config_dir is not None:
            return self.config_dir
        local = Path("config")
        return local if (local / "product_types").is_dir() else Path(__file__).resolve().parent.parent / "config"

    @property
    def resolved_feeds_dir(self) -> Path:
        """The folder that feed paths are relative to and may not leave."""
        return self.feeds_dir if self.feeds_dir is not None else self.resolved_config_dir / "feeds"


def supplier_variables(supplier: str, names: Iterable[str]) -> dict[str, SecretStr]:
    """What the environment says of a supplier, by name: ENCOMPASS_API_KEY is `api_key` of `encompass`.

    >>> supplier_variables("nobody", ["api_key"])
    {}
    """
    found = {name: os.environ.get(f"{supplier}_{name}".upper(), "") for name in names}
    return {name: SecretStr(value) for name, value in found.items() if value}


def environment_secret(name: str) -> SecretStr | None:
    """The secret in a variable that a config names; None where it is not set.

    >>> environment_secret("NO_SUCH_TOKEN") is None
    True
    """
    value = os.environ.get(name, "")
    return SecretStr(value) if value else None


def tell_libraries(values: Mapping[str, str]) -> None:
    """Variables for libraries in this process and in those that it starts; who has set one has the last word.

    >>> tell_libraries({"PATH": "nowhere"})
    >>> child_environment({})["PATH"] == "nowhere"
    False
    """
    for name, value in values.items():
        os.environ.setdefault(name, value)


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with some variables changed, for processes that it starts.

    >>> child_environment({"ATTRGEN_HOME": "/tmp/x"})["ATTRGEN_HOME"]
    '/tmp/x'
    """
    return {**os.environ, **changes}
