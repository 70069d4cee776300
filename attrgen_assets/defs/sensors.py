"""Sensors: a new or changed config or feed asks for a run of its product type."""

from collections.abc import Iterable, Sequence
from typing import Final

import dagster as dg

from attrgen_assets import wiring
from attrgen_assets.adapters.configs import Configs, ConfigsInForce
from attrgen_assets.adapters.feed_state import FeedState, feed_state
from attrgen_assets.adapters.part_rules import load_part_rules
from attrgen_assets.defs.jobs import catalogue, parts
from attrgen_assets.defs.partitions import PARTITIONS_NAME, product_types
from attrgen_assets.defs.resources import SettingsResource
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
from attrgen_assets.domain.product_types.changes import Changes, Cursor, Seen, Watched, observe
from attrgen_assets.errors import ConfigError, FeedError

_INTERVAL_S: Final = 30
_QUIET_S: Final = 5.0  # a feed that changed more recently may still be in the middle of being written

PartitionRequest = dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest


@dg.sensor(
    job=catalogue,
    minimum_interval_seconds=_INTERVAL_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New or changed config files: adds the partition and asks for a run.",
)
def new_config_sensor(context: dg.SensorEvaluationContext, settings: SettingsResource) -> dg.SensorResult:
    """A new or changed valid config file adds its partition and asks for a run.

    An invalid one leaves the last good config in force, and the tick says why, once. A file that is gone for two
    ticks takes its partition away; documents stay.
    """
    configs = wiring.open_configs(settings.load())
    if not configs.folder_exists:
        return _skip(context, f"there is no folder {configs.config_dir}/product_types; nothing is concluded from that")
    found, known = configs.all(), context.instance.get_dynamic_partitions(PARTITIONS_NAME)
    cursor = _with_partitions(Cursor.parse(context.cursor), known)
    processed = _processed(context, cursor, found.in_force, asset="stored_documents", entry="config_fingerprint")
    changes = observe(cursor, _seen_configs(configs, found), processed=processed, first_sight_runs=True)
    requests: list[PartitionRequest] = []
    if added := [name for name in found.in_force if name not in known]:
        requests.append(product_types.build_add_request(added))
    if removed := [name for name in changes.removed if name in known]:
        context.log.info(f"no config file any more, the partition goes and the documents stay: {', '.join(removed)}")
        requests.append(product_types.build_delete_request(removed))
    return _result(context, changes, requests, reason="config")


@dg.sensor(
    job=catalogue,
    minimum_interval_seconds=_INTERVAL_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New or changed feed files: asks for a run of their product type.",
)
def new_feed_sensor(context: dg.SensorEvaluationContext, settings: SettingsResource) -> dg.SensorResult:
    """A new or changed feed file asks for a run of its product type.

    Sizes and times are looked at first, contents only where those differ. Feeds in MongoDB collections are not
    watched: start their runs on a schedule of your own, or with `attrgen run`.
    """
    loaded = settings.load()
    found, cursor = wiring.open_configs(loaded).all(), Cursor.parse(context.cursor)
    now = wiring.utc_now().timestamp()
    seen: dict[str, Seen] = {}
    for name, config in found.in_force.items():
        try:
            state = feed_state(config.product_type.feed, feeds_dir=loaded.resolved_feeds_dir)
            feed = _seen_feed(state, cursor.keys.get(name, Watched()), now=now) if state else None
        except FeedError as error:
            feed = Seen(fingerprint="unreadable", error=str(error))
        if feed is not None:
            seen[name] = feed
    processed = _processed(context, cursor, seen, asset="raw_products", entry="feed_fingerprint")
    changes = observe(cursor, seen, processed=processed, first_sight_runs=False)
    return _result(context, changes, [], reason="feed")


@dg.sensor(
    job=parts,
    minimum_interval_seconds=_INTERVAL_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New or changed request files of parts: asks for a run, which asks the suppliers.",
)
def new_requests_sensor(context: dg.SensorEvaluationContext, settings: SettingsResource) -> dg.SensorResult:
    """A new or changed request file asks for a run of parts, in which only what is new or too old is asked for.

    The file that is there at the first sight asks for nothing: suppliers are asked when somebody wants it.
    """
    loaded, cursor = settings.load(), Cursor.parse(context.cursor)
    now, seen = wiring.utc_now().timestamp(), dict[str, Seen]()
    try:
        requests = load_part_rules(loaded.resolved_config_dir).requests
        state = feed_state(requests, feeds_dir=loaded.resolved_feeds_dir) if requests else None
        found = _seen_feed(state, cursor.keys.get(PRODUCT_TYPE, Watched()), now=now) if state else None
    except (ConfigError, FeedError) as error:
        found = Seen(fingerprint=f"unreadable: {error}", error=str(error))
    if found is not None:
        seen[PRODUCT_TYPE] = found
    processed = _processed(context, cursor, seen, asset="part_requests", entry="feed_fingerprint")
    changes = observe(cursor, seen, processed=processed, first_sight_runs=False)
    return _result(context, changes, [], reason="request")


def _seen_configs(configs: Configs, found: ConfigsInForce) -> dict[str, Seen]:
    valid = {name: Seen(fingerprint=found.in_force[name].fingerprint) for name in found.valid}
    invalid = {
        name: Seen(fingerprint=configs.source_digest(name), error=str(error)) for name, error in found.errors.items()
    }
    return valid | invalid


def _seen_feed(state: FeedState, former: Watched, *, now: float) -> Seen | None:
    """The feed as it is, or as it was where it is being written; None for one that was never seen at rest."""
    if former.fingerprint is not None and former.stat is not None:
        writing = state.stat != former.stat and now - state.newest_mtime < _QUIET_S
        if writing or state.stat == former.stat:
            return Seen(fingerprint=former.fingerprint, stat=former.stat)
    elif now - state.newest_mtime < _QUIET_S:
        return None
    return Seen(fingerprint=state.fingerprint(), stat=state.stat)


def _with_partitions(cursor: Cursor, known: Iterable[str]) -> Cursor:
    """The cursor, knowing partitions that somebody else added, so that theirs are taken away as well."""
    return Cursor(keys={**{name: Watched() for name in known}, **cursor.keys})


def _processed(
    context: dg.SensorEvaluationContext, cursor: Cursor, names: Iterable[str], *, asset: str, entry: str
) -> dict[str, str | None]:
    """What the last run of a product type saw, for those whose state this sensor does not know yet."""
    unknown = [name for name in names if name not in cursor.keys or cursor.keys[name].accepted is None]
    return {name: _last_entry(context.instance, asset, partition=name, entry=entry) for name in unknown}


def _last_entry(instance: dg.DagsterInstance, asset: str, *, partition: str, entry: str) -> str | None:
    """A text in the metadata of the partition's last materialization."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[partition])
    for record in instance.fetch_materializations(wanted, limit=1).records:
        value = record.asset_materialization.metadata.get(entry) if record.asset_materialization else None
        return str(value.value) if value is not None else None
    return None


def _result(
    context: dg.SensorEvaluationContext, changes: Changes, requests: Sequence[PartitionRequest], *, reason: str
) -> dg.SensorResult:
    told = [f"{name}: {text}" for name, text in changes.complaints.items()]
    for text in told:
        context.log.warning(text)
    runs = [
        dg.RunRequest(run_key=run_key, partition_key=name, tags={"attrgen/because": f"new or changed {reason}"})
        for name, run_key in changes.run_keys.items()
    ]
    known_bad = sorted(name for name, watched in changes.cursor.keys.items() if watched.reported is not None)
    unchanged = f"no {reason} is new or changed" + (f"; still invalid: {', '.join(known_bad)}" if known_bad else "")
    return dg.SensorResult(
        run_requests=runs,
        skip_reason=None if runs else ("\n".join(told) or unchanged),
        dynamic_partitions_requests=requests,
        cursor=changes.cursor.text(),
    )


def _skip(context: dg.SensorEvaluationContext, why: str) -> dg.SensorResult:
    context.log.warning(why)
    return dg.SensorResult(skip_reason=why, cursor=context.cursor)
