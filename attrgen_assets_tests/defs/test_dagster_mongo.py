"""The MongoDB resource by itself, as another project would use it."""

import ast
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pymongo import MongoClient
from pymongo.errors import InvalidOperation

from attrgen_assets.defs import dagster_mongo
from attrgen_assets.defs.dagster_mongo import MongoResource


def test_nothing_of_this_project_is_in_it() -> None:
    tree = ast.parse(Path(dagster_mongo.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert [name for name in imported if name.startswith("attrgen")] == []


def test_all_assets_of_a_run_share_one_client_that_is_closed_with_it(mongo_uri: str, mongo_database_name: str) -> None:
    clients: list[MongoClient[dict[str, Any]]] = []

    @dg.asset
    def written(mongo: MongoResource) -> None:
        clients.append(mongo.client)
        mongo.database["things"].insert_one({"_id": 1})

    @dg.asset(deps=[written])
    def read(mongo: MongoResource) -> int:
        clients.append(mongo.client)
        return mongo.database["things"].count_documents({})

    resource = MongoResource(uri=mongo_uri, database_name=mongo_database_name)
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions([written, read], resources={"mongo": resource}, executor=dg.in_process_executor)
        result = job.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)
    assert result.output_for_node("read") == 1
    assert clients[0] is clients[1]
    with pytest.raises(InvalidOperation):
        clients[0].admin.command("ping")


def test_a_server_that_is_down_fails_the_step_and_not_the_start_of_the_run(tmp_path: Path) -> None:
    reached: list[str] = []

    @dg.asset
    def written(mongo: MongoResource) -> None:
        reached.append("step")
        mongo.database["things"].insert_one({})

    down = str(tmp_path / "nobody.sock").replace("/", "%2F")
    resource = MongoResource(uri=f"mongodb://{down}", timeout_s=0.1)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([written], resources={"mongo": resource}, instance=instance, raise_on_error=False)
    assert not result.success
    assert reached == ["step"]


def test_outside_of_a_run_there_is_no_client() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        _ = MongoResource().client


def test_options_of_the_config_reach_the_client() -> None:
    resource = MongoResource(app_name="mine", timeout_s=2.5, client_options={"retryWrites": False})
    with resource.connect("mongodb://db.example.com") as client:
        options = client.options
        assert (options.server_selection_timeout, options.retry_writes) == (2.5, False)
        assert options.pool_options.appname == "mine"
