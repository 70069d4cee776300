"""The models that judge records, from settings."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from attrgen_assets.adapters.services import embedded_redis
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.errors import needs_extra
from attrgen_assets.settings import Settings
from attrgen_assets.workflows.judge import JudgePorts

if TYPE_CHECKING:  # an extra brings what it needs
    from attrgen_assets.adapters.models.chat import ChatModel

_JUDGES: Final = ("openai", "grok")


@asynccontextmanager
async def open_judge(settings: Settings) -> AsyncIterator[JudgePorts]:
    """What judging records works with, for the length of the block. Without a key there are no models in it.

    Raises MissingExtra without the extra `llm`; ModelError for a cap on cost without prices; NoServerError.
    """
    skipped = tuple(why for name in _JUDGES if (why := _why_not_asked(settings, name)))
    if len(skipped) == len(_JUDGES):
        yield JudgePorts(skipped=skipped)
        return
    with needs_extra("llm", "asking models"):
        from attrgen_assets.adapters.models.budget import Caps  # noqa: PLC0415  the extra is asked for by use
        from attrgen_assets.adapters.models.panel import open_panel  # noqa: PLC0415
    daily = Caps(
        max_tokens=settings.llm_daily_max_tokens, max_cost=settings.llm_daily_max_cost, whose="a day",
        variables="ATTRGEN_LLM_DAILY_MAX",
    )  # fmt: skip
    record = Caps(
        max_tokens=settings.llm_record_max_tokens, max_cost=settings.llm_record_max_cost, whose="a record",
        variables="ATTRGEN_LLM_RECORD_MAX",
    )  # fmt: skip
    with ExitStack() as stack:
        if settings.redis_url is not None:
            redis_url = settings.redis_url.get_secret_value()
        else:
            redis_url = stack.enter_context(embedded_redis(settings.home))
        cache = stack.enter_context(
            RedisMatchCache(redis_url, ttl_s=settings.match_cache_ttl_s, timeout_s=settings.cache_timeout_s)
        )
        async with open_panel(
            {name: _judge_model(settings, name) for name in _JUDGES if not _why_not_asked(settings, name)},
            redis_url=redis_url, redis_timeout_s=settings.cache_timeout_s, cache=cache, daily=daily, record=record,
            now=lambda: datetime.now(tz=UTC),
        ) as panel:  # fmt: skip
            yield JudgePorts(
                panel=panel.for_record, skipped=skipped, note=panel.note, deadline_s=settings.llm_deadline_s
            )


def _why_not_asked(settings: Settings, name: str) -> str:
    """Why a model is not asked; empty where it is."""
    unset = [field for field in (f"{name}_api_key", f"{name}_model") if getattr(settings, field) is None]
    return f"{name} is not asked: ATTRGEN_{unset[0].upper()} is not set" if unset else ""


def _judge_model(settings: Settings, name: str) -> "ChatModel":
    from attrgen_assets.adapters.models.chat import ChatModel  # noqa: PLC0415  the extra is asked for by use

    return ChatModel(
        base_url=getattr(settings, f"{name}_base_url"),
        api_key=getattr(settings, f"{name}_api_key"),
        name=getattr(settings, f"{name}_model"),
        timeout_s=settings.llm_timeout_s,
        price_in=getattr(settings, f"{name}_price_in"),
        price_out=getattr(settings, f"{name}_price_out"),
        key_variable=f"ATTRGEN_{name.upper()}_API_KEY",
    )
