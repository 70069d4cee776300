"""A small client of Dagster's GraphQL, for the webserver that `attrgen up` serves."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from attrgen_assets.errors import StoreUnavailable, TerminalError

LOCATION: Final = "attrgen_assets"
_REPOSITORY: Final = "__repository__"  # what Dagster calls the one repository of a Definitions object
_TIMEOUT_S: Final = 60.0  # launching many runs at once takes a while

_LOADED: Final = """
query { instance { info } workspaceOrError { __typename ... on Workspace { locationEntries {
    name loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }
"""
_LAUNCH: Final = """
mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) { __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on PartitionKeysNotFoundError { message }
    ... on UnauthorizedError { message }
    ... on InvalidSubsetError { message } } }
"""


class GraphClient:
    """Asks the webserver at a URL."""

    def __init__(self, url: str) -> None:
        self._endpoint = f"{url}/graphql"

    def load_error(self, folder: Path) -> str | None:
        """Why the webserver of the instance in that folder cannot load the graph; None where it has loaded it.

        Raises: StoreUnavailable while there is no webserver, it is still loading, or somebody else's answers.
        """
        answer = self._ask(_LOADED)
        storage = yaml.safe_load(answer["instance"]["info"] or "{}").get("local_artifact_storage", {})
        found = storage.get("config", {}).get("base_dir")
        if found != str(folder):
            raise StoreUnavailable(f"the webserver at {self._endpoint} is that of {found}, not of {folder}")
        entries = answer["workspaceOrError"].get("locationEntries", [])
        if not entries or any(entry["loadStatus"] != "LOADED" for entry in entries):
            raise StoreUnavailable("the webserver is still loading the graph")
        errors = [entry["locationOrLoadError"].get("message") for entry in entries]
        return next((error for error in errors if error), None)

    def launch_backfill(self, job_name: str, partition_keys: Sequence[str], *, tags: Mapping[str, str]) -> str:
        """Ask for one run per partition; returns the id of the backfill.

        Raises: StoreUnavailable where there is no webserver, TerminalError where it refuses.
        """
        params = {
            "selector": {
                "partitionSetName": f"{job_name}_partition_set",
                "repositorySelector": {"repositoryLocationName": LOCATION, "repositoryName": _REPOSITORY},
            },
            "partitionNames": list(partition_keys),
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
            "title": "attrgen backfill",
        }
        answer = self._ask(_LAUNCH, {"params": params})["launchPartitionBackfill"]
        if "backfillId" not in answer:
            raise TerminalError(f"the webserver refuses the backfill: {answer.get('message', answer['__typename'])}")
        return str(answer["backfillId"])

    def _ask(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(  # noqa: S310 - the URL is our own, and http
            self._endpoint, data=body, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:500]
            raise TerminalError(f"{self._endpoint}: HTTP {error.code}: {text}") from error
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"{self._endpoint}: {error}; is `attrgen up` running?") from error
        if answer.get("errors"):
            raise TerminalError(f"{self._endpoint}: {answer['errors'][0].get('message')}")
        data: dict[str, Any] = answer["data"]
        return data
