"""`attrgen search`: stored documents, found by words and conditions."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from attrgen_assets.cli.options import load_settings
from attrgen_assets.errors import InvalidQuery, UnknownProductType

if TYPE_CHECKING:
    from attrgen_assets.adapters.stores.mongo import MongoStore
    from attrgen_assets.domain.documents.search import SearchFilters, SearchPage
    from attrgen_assets.settings import Settings

app = typer.Typer(pretty_exceptions_enable=False)

_KEYS: Final = {
    "manufacturer": "manufacturer",
    "brand": "manufacturer",
    "department": "department",
    "category": "category",
    "since": "since",
    "until": "until",
    "confidence": "min_confidence",
}
_WORD: Final = re.compile(r'-?"[^"]*"?|\S+')
_CELL: Final = 60  # characters of a cell's text


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="[QUERY]", help="Words of titles and descriptions, or an SKU.")] = "",
    *,
    product_type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only of this type.")] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="KEY=VALUE",
            help="May be given again: manufacturer, brand, department, category; since, until (dates); "
            "confidence (at least so much, 0 to 1).",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="KEY", help="relevance, date or confidence. [relevance, without a query date]"),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Documents on a page, at most 100.")] = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Of the next page, as the last one told it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: hits and cursor.")] = False,
) -> None:
    """Search stored documents of all product types; without words all that fit the filters.

    Words find their other forms ("sarees", "saree"), and any of them is enough; "in quotes" stands together, and a
    minus in front (-cotton) excludes.
    """
    from attrgen_assets.adapters.stores.mongo_search import MongoSearch
    from attrgen_assets.domain.documents.search import Search
    from attrgen_assets.wiring import open_store
    from attrgen_assets.workflows.search import search_catalogue

    if only_excludes(query):
        raise InvalidQuery(
            f"search: query: {query.strip()[:100]!r} only excludes; give a word that is to be there as well, such as "
            "`saree -cotton`, or leave the query out for all documents"
        )
    order: Any = sort or ("relevance" if query.strip() else "date")
    asked = Search(text=query, filters=read_filters(filters or (), product_type=product_type), sort=order)
    settings = load_settings()
    with open_store(settings) as store:
        page = search_catalogue(asked, store=MongoSearch(store.database), limit=limit, cursor=cursor)
        if product_type is not None and not page.hits:
            _refuse_unknown(product_type, settings, store)
    if as_json:
        typer.echo(json.dumps(asdict(page), ensure_ascii=False, default=datetime.isoformat))
    else:
        _print(page)


def only_excludes(query: str) -> bool:
    """Whether all words of a query are to be absent, which no index can answer.

    >>> only_excludes('-belt -"door gasket"'), only_excludes("-belt drum"), only_excludes("")
    (True, False, False)
    """
    words = _WORD.findall(query)
    return bool(words) and all(word[0] == "-" and any(map(str.isalnum, word)) for word in words)


def _refuse_unknown(product_type: str, settings: "Settings", store: "MongoStore") -> None:
    """Raises UnknownProductType for a type that neither the config nor a stored document has."""
    from attrgen_assets.adapters.config_files import list_type_files
    from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
    from attrgen_assets.domain.product_types.suggest import suggestion

    known = {*list_type_files(settings.resolved_config_dir), PRODUCT_TYPE}
    known |= set(store.database["documents"].distinct("product_type"))
    if product_type not in known:
        raise UnknownProductType(f"search: --type: found {product_type!r}; {suggestion(product_type, sorted(known))}")


def read_filters(words: Sequence[str], *, product_type: str | None = None) -> "SearchFilters":
    """Filters as they are typed. Raises InvalidQuery.

    >>> read_filters(["brand=Examplia", "since=2024-05-01"]).since
    datetime.datetime(2024, 5, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    from attrgen_assets.domain.documents.search import SearchFilters

    values: dict[str, Any] = {}
    for word in words:
        key, equals, text = word.partition("=")
        name = _KEYS.get(key.strip())
        if name is None or not equals:
            raise InvalidQuery(f"--filter: found {word[:100]!r}; KEY=VALUE with a key of {', '.join(_KEYS)}")
        if name in values:
            raise InvalidQuery(f"--filter: {key}: given twice; one value a filter (brand means manufacturer)")
        values[name] = _value(name, text.strip())
    return SearchFilters(product_type=product_type, **values)


def _value(name: str, text: str) -> Any:
    try:
        if name == "min_confidence":
            return float(text)
        if name in {"since", "until"}:
            when = datetime.fromisoformat(text)
            return when if when.tzinfo else when.replace(tzinfo=UTC)
    except ValueError:
        allowed = (
            "a number from 0 to 1"
            if name == "min_confidence"
            else "a date such as 2024-05-17 (UTC) or 2024-05-17T08:30Z"
        )
        raise InvalidQuery(f"--filter: {name}: found {text[:100]!r}; {allowed}") from None
    return text


def _print(page: "SearchPage") -> None:
    from rich.table import Table

    from attrgen_assets.cli.showing import plain, wide_console

    if not page.hits:
        typer.echo("nothing found")
        return
    table = Table("type", "sku", "title", "manufacturer", "changed", "confidence", box=None, pad_edge=False)
    for hit in page.hits:
        shown = (hit.product_type, hit.sku, hit.title, hit.manufacturer, f"{hit.updated_at:%Y-%m-%d %H:%M}")
        table.add_row(*(plain(text, limit=_CELL) for text in shown), f"{hit.confidence:.2f}")
    wide_console().print(table)
    if page.cursor:
        typer.echo(f"more follow: repeat this with --cursor {page.cursor}")
