"""Adapters chosen from settings and handed to workflows. Composition only: all that is decided here is which."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from attrgen_assets.adapters.configs import Configs
from attrgen_assets.adapters.feed_state import FeedState, feed_state
from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.adapters.last_good import LastGoodConfigs
from attrgen_assets.adapters.logs import logs_in_file
from attrgen_assets.adapters.models.attribute_models import AttributeModels
from attrgen_assets.adapters.part_rules import RULES_FILE, load_part_rules
from attrgen_assets.adapters.services import embedded_mongo, embedded_redis
from attrgen_assets.adapters.stores.mongo import MongoStore, open_mongo
from attrgen_assets.adapters.stores.mongo_raw_responses import MongoRawResponses
from attrgen_assets.adapters.stores.mongo_source_models import MongoSourceModels
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.attributes.model_proposer import ModelProposer
from attrgen_assets.domain.attributes.ports import Proposer
from attrgen_assets.domain.attributes.proposals import asking_sources
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.model import TrainedExtractor, TrainingConfig
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.ports import FeedReader, MatchCache
from attrgen_assets.domain.product_types.learned import GeneratorName
from attrgen_assets.domain.product_types.model import Feed, ProductType
from attrgen_assets.errors import FeedError, needs_extra
from attrgen_assets.settings import Settings, environment_secret


def utc_now() -> datetime:
    """The time by the system's clock."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a workflow may ask for."""

    settings: Settings
    configs: Configs
    tables: ParquetTables
    store: MongoStore
    cache: RedisMatchCache
    clock: Callable[[], datetime] = utc_now

    def reader(self, feed: Feed) -> FeedReader:
        """The reader of a feed.

        Raises: FeedError where there is no such feed.
        """
        token = environment_secret(feed.token) if feed.token else None
        return open_feed(feed, feeds_dir=self.settings.resolved_feeds_dir, mongo=self.store.database, token=token)

    @property
    def models(self) -> AttributeModels:
        """The trained models of product types."""
        return AttributeModels(self.settings.models_dir)

    def proposers(self, product_type: ProductType) -> dict[GeneratorName, Proposer]:
        """The models that sources of the product type may ask, as far as there are any. Without such a source none.

        Raises: ModelError for a promoted model that cannot be used; MissingExtra.
        """
        found: dict[GeneratorName, Proposer] = {}
        name, version = product_type.name, None
        if asking_sources(product_type, "model"):
            version = self.models.current(name)
        if version is not None:
            model = self.models.load(name, version)
            trust = self.models.trust(name, version)
            found["model"] = ModelProposer(model, product_type=name, version=version, trust=trust)
        if asking_sources(product_type, "llm") and (
            proposer := language_model(self.settings, product_type, self.cache)
        ):
            found["llm"] = proposer
        return found

    def feed_state(self, feed: Feed) -> FeedState | None:
        """What is cheap to see of a feed; None for what is not a file.

        Raises: FeedError where there is no such feed.
        """
        return feed_state(feed, feeds_dir=self.settings.resolved_feeds_dir)

    def part_rules(self) -> PartRules:
        """How records of parts are made. Raises ConfigError for rules that are wrong."""
        return load_part_rules(self.settings.resolved_config_dir)

    def part_requests(self) -> Feed:
        """Where the part numbers come from that a run works through. Raises FeedError where the config names none."""
        feed = self.part_rules().requests
        if feed is None:
            raise FeedError(
                f"no parts are requested: {RULES_FILE} has no `requests`; name a file, a collection or an address"
            )
        return feed

    @property
    def raw_responses(self) -> MongoRawResponses:
        """What suppliers answered, as it came."""
        return MongoRawResponses(self.store.database)

    @property
    def source_models(self) -> MongoSourceModels:
        """What is known of sources."""
        return MongoSourceModels(self.store.database)


def open_configs(settings: Settings) -> Configs:
    """The configs in force; needs no server."""
    last_good = LastGoodConfigs(settings.home / "configs" / "last_good")
    return Configs(config_dir=settings.resolved_config_dir, last_good=last_good)


def open_logs(settings: Settings) -> AbstractContextManager[None]:
    """Logs into the file of this installation, unless the process has configured its logs already."""
    return logs_in_file(home=settings.home, level=settings.log_level)


def language_model(settings: Settings, product_type: ProductType, cache: MatchCache) -> Proposer | None:
    """The language model of the settings with a run's budget; None where no key or no name is set.

    Raises: MissingExtra.
    """
    if settings.llm_api_key is None or settings.llm_model is None:
        return None
    with needs_extra("llm", "an llm source"):
        from attrgen_assets.adapters.models.budget import RunBudget  # noqa: PLC0415  the extra is asked for by use
        from attrgen_assets.adapters.models.chat import ChatModel  # noqa: PLC0415
        from attrgen_assets.adapters.models.llm_proposer import LlmProposer  # noqa: PLC0415
    model = ChatModel(
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key,
        name=settings.llm_model,
        timeout_s=settings.llm_timeout_s,
        price_in=settings.llm_price_in,
        price_out=settings.llm_price_out,
    )
    budget = RunBudget(max_calls=settings.llm_max_calls, max_tokens=settings.llm_max_tokens)
    return LlmProposer(product_type, model=model, budget=budget, cache=cache)


def fast_learner(report: Callable[[str], None]) -> Callable[[Sequence[LabelledProduct]], TrainedExtractor]:
    """What trains a model of the fast tier and tells `report` of each step.

    Raises: MissingExtra.
    """
    with needs_extra("extraction", "training"):
        from attrgen_assets.adapters.crfsuite import CrfSuite  # noqa: PLC0415  the extra is asked for by use
        from attrgen_assets.adapters.word_vectors import installed_vectors, word_classes_of  # noqa: PLC0415
        from attrgen_assets.domain.extraction.learning import train  # noqa: PLC0415
    config = TrainingConfig(words=installed_vectors(report))
    trainer = CrfSuite(l1=config.l1, l2=config.l2, max_iterations=config.max_iterations)
    return lambda products: train(products, trainer, config, classes=word_classes_of(config.words), report=report)


@contextmanager
def mongo_address(settings: Settings) -> Iterator[str]:
    """The URI of the settings, else that of an embedded server, which is up for as long as the block.

    Raises: NoServerError where neither is to be had; see `adapters.services.embedded_mongo`.
    """
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri.get_secret_value()
        return
    with embedded_mongo(settings.home) as uri:
        yield uri


@contextmanager
def open_cache(settings: Settings) -> Iterator[RedisMatchCache]:
    """The match cache in the Redis of the settings, else in an embedded one, which is up for as long as the block.

    Raises: NoServerError where neither is to be had; see `adapters.services.embedded_redis`.
    """
    if settings.redis_url is not None:
        with _cache(settings.redis_url.get_secret_value(), settings) as cache:
            yield cache
        return
    with embedded_redis(settings.home) as url, _cache(url, settings) as cache:
        yield cache


def compose(settings: Settings, *, store: MongoStore, cache: RedisMatchCache) -> Services:
    """Services over an open store and an open cache."""
    tables = ParquetTables(settings.parquet_dir)
    return Services(settings=settings, configs=open_configs(settings), tables=tables, store=store, cache=cache)


@contextmanager
def open_store(settings: Settings) -> Iterator[MongoStore]:
    """The store alone, for work that needs no cache.

    Raises: NoServerError where no MongoDB is named or to be found.
    """
    with (
        mongo_address(settings) as uri,
        open_mongo(uri, database=settings.mongodb_database, timeout_s=settings.store_timeout_s) as store,
    ):
        yield store


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """All services for the length of the block.

    Raises: NoServerError where a server is neither named nor to be found; StoreUnavailable for a MongoDB that is
        named and down. A Redis that is down shows at its first use, as one warning.
    """
    with open_store(settings) as store, open_cache(settings) as cache:
        yield compose(settings, store=store, cache=cache)


def _cache(url: str, settings: Settings) -> RedisMatchCache:
    return RedisMatchCache(url, ttl_s=settings.match_cache_ttl_s, timeout_s=settings.cache_timeout_s)
