"""A small installation for tests of the graph: its own home, configs, feeds and database, on the session's servers."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from attrgen_assets.definitions import CATALOGUE_JOB, PARTITIONS_NAME, SettingsResource, build_defs
from attrgen_assets.defs.resources import AttrgenMongoResource, RedisResource, ServicesResource

TYPE = """\
product_type: {name}
title: {title}
feed:
  path: {name}.csv
  columns: {{sku: sku, title: title, color: color, length: length}}
attributes:
  sku: {{kind: text, required: true, sources: [{{column: sku}}]}}
  title: {{kind: text, required: true, sources: [{{column: title}}]}}
  color:
    kind: enum
    required: true
    values: {{Red: [crimson], Navy Blue: [navy], Green: }}
    sources: [{{column: color}}]
  length_m: {{kind: number, unit: m, range: [4.5, 10], sources: [{{column: length}}]}}
gates:
  max_quarantined_fraction: {{warn: 0.3, error: 0.6}}
  min_coverage: {{length_m: {{warn: 0.5, error: 0.2}}}}
  max_feed_age_days: 30
"""
FEED = """\
sku,title,color,length
A1,Red saree,crimson,5.5 m
A2,Blue saree,Navy Bluee,6 m
A3,Green saree,Green,
A4,Odd saree,zzzz,5 m
"""
"""Four rows: three documents (A2 by a fuzzy match, A3 without a length), and A4 quarantined for its colour."""

HOUR_S = 3600.0


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Installation:
    """Where everything is, and the graph over it."""

    root: Path
    mongodb_uri: str
    redis_url: str
    database: str
    retry_delay_s: float = 0.01
    store_timeout_s: float = 10.0
    batch_rows: int = 2  # so that even four rows are several batches
    instance: dg.DagsterInstance = field(init=False)

    @property
    def config_dir(self) -> Path:
        """The config folder."""
        return self.root / "config"

    @property
    def feeds_dir(self) -> Path:
        """The feeds folder."""
        return self.config_dir / "feeds"

    @property
    def settings(self) -> SettingsResource:
        """Settings that lead here, whatever the environment says."""
        return SettingsResource(
            home=str(self.root / "home"),
            config_dir=str(self.config_dir),
            feeds_dir=str(self.feeds_dir),
            mongodb_uri=self.mongodb_uri,
            mongodb_database=self.database,
            redis_url=self.redis_url,
            store_timeout_s=self.store_timeout_s,
            batch_rows=self.batch_rows,
        )

    @property
    def defs(self) -> dg.Definitions:
        """The graph."""
        settings = self.settings
        services = ServicesResource(
            settings=settings,
            mongo=AttrgenMongoResource(settings=settings),
            redis=RedisResource(settings=settings),
            retry_delay_s=self.retry_delay_s,
        )
        return build_defs(settings=settings, resources={"services": services})

    def write_type(self, name: str, *changes: tuple[str, str]) -> Path:
        """A config file, with passages of `TYPE` replaced."""
        text = TYPE.format(name=name, title=f"{name.title()}s")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return self._write(self.config_dir / "product_types" / f"{name}.yaml", text)

    def write_feed(self, name: str, text: str = FEED, *, age_s: float = HOUR_S) -> Path:
        """A feed file that was changed so many seconds ago."""
        path = self._write(self.feeds_dir / f"{name}.csv", text)
        changed_s = time.time() - age_s
        os.utime(path, (changed_s, changed_s))
        return path

    def run(self, name: str, *, job_name: str = CATALOGUE_JOB) -> dg.ExecuteInProcessResult:
        """Run a job, by default the whole graph, for one product type."""
        self.instance.add_dynamic_partitions(PARTITIONS_NAME, [name])
        job = self.defs.resolve_job_def(job_name)
        return job.execute_in_process(
            instance=self.instance, partition_key=name, raise_on_error=False, run_config=QUIET
        )

    @staticmethod
    def _write(path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@contextmanager
def installation(root: Path, *, mongodb_uri: str, redis_url: str, database: str = "attrgen") -> Iterator[Installation]:
    """An installation with one product type, saree, and its feed."""
    made = Installation(root=root, mongodb_uri=mongodb_uri, redis_url=redis_url, database=database)
    made.write_type("saree")
    made.write_feed("saree")
    with dg.DagsterInstance.ephemeral() as instance:
        made.instance = instance
        yield made


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """{asset: {entry: value}} of what a run materialized; a table is the list of its rows."""
    found: dict[str, dict[str, Any]] = {}
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        found[materialization.asset_key.to_user_string()] = {
            name: [record.data for record in value.records] if isinstance(value, dg.TableMetadataValue) else value.value
            for name, value in materialization.metadata.items()
        }
    return found


def checks_of(result: dg.ExecuteInProcessResult) -> Mapping[str, dg.AssetCheckEvaluation]:
    """{check: evaluation} of a run."""
    return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}


def failure_of(result: dg.ExecuteInProcessResult, step: str) -> tuple[str, dict[str, Any]]:
    """Message and metadata of the Failure with which a step ended."""
    event = next(event for event in result.all_events if event.is_step_failure and event.step_key == step)
    data = event.step_failure_data.user_failure_data
    assert data is not None, event.step_failure_data.error
    return data.description or "", {name: value.value for name, value in data.metadata.items()}
