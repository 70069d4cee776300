"""`attrgen images`: pictures that parts name, downloaded, checked and kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings
from attrgen_assets.cli.showing import plain

if TYPE_CHECKING:
    from attrgen_assets.domain.images.model import FetchedImage, ImagesReport
    from attrgen_assets.settings import Settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def images() -> None:
    """Fetch the pictures that parts name, and tell which are broken.

    They are kept by content below $ATTRGEN_IMAGES_URL, a folder or s3://bucket/folder. Default: <home>/images.
    """


@app.command()
def fetch(
    part: Annotated[
        str | None, typer.Argument(metavar="[PART]", help="Stored part, whose document gets what became of them.")
    ] = None,
    *,
    url: Annotated[
        list[str] | None, typer.Option("--url", metavar="URL", help="This picture instead of a part's; repeatable.")
    ] = None,
    as_json: AsJson = False,
    config_dir: ConfigDir = None,
) -> None:
    """Download pictures: each content is kept once, with WebP files of 200, 800 and 2048 px beside it.

    What is broken or refused is told with the reason, and is no failure of the command.
    """
    import asyncio

    if (part is None) == (not url):
        raise typer.BadParameter("name a stored part, or pictures with --url", param_hint="PART")
    report = asyncio.run(_fetch(load_settings(config_dir=config_dir), part, url or []))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    for one in report.images:
        _show(one)
    typer.echo(", ".join(f"{count} {status}" for status, count in report.by_status.items()))


@app.command(name="list")
def list_images(
    *,
    broken: Annotated[bool, typer.Option("--broken", help="Only what is broken or refused.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, without a limit.")] = False,
) -> None:
    """List pictures that were asked for, the last checked first."""
    from attrgen_assets.adapters.stores.mongo_images import MongoImages
    from attrgen_assets.domain.images.model import ImageStatus
    from attrgen_assets.wiring import open_store

    wanted = (ImageStatus.BROKEN, ImageStatus.REFUSED) if broken else ()
    with open_store(load_settings()) as store:
        found = MongoImages(store.database).list_records(wanted, limit=0 if as_json else limit)
    for one in found:
        typer.echo(one.model_dump_json()) if as_json else _show(one)


async def _fetch(settings: "Settings", part: str | None, urls: list[str]) -> "ImagesReport":
    from attrgen_assets.adapters.part_rules import load_part_rules
    from attrgen_assets.domain.parts.part_numbers import canonical_part_number
    from attrgen_assets.wiring import open_logs, open_store
    from attrgen_assets.wiring_images import open_images
    from attrgen_assets.wiring_parts import attribute_registry
    from attrgen_assets.workflows.fetch_images import fetch_images
    from attrgen_assets.workflows.fetch_part_images import fetch_part_images

    with open_logs(settings), open_store(settings) as store:
        async with open_images(settings, store) as ports:
            if part is None:
                return await fetch_images(urls, ports=ports)
            rules, registry = load_part_rules(settings.resolved_config_dir), attribute_registry(settings)
            number = canonical_part_number(part)
            return (await fetch_part_images(number, ports=ports, store=store, rules=rules, registry=registry)).images


def _show(one: "FetchedImage") -> None:
    typer.echo(f"{one.status.value:9}  {plain(one.url, limit=300)}")
    if one.image is not None:
        image = one.image
        size = f"{image.width_px} x {image.height_px} px, {image.bytes:,} bytes"
        typer.echo(f"           {image.format}, {size}, {image.files['original']}")
    for told in filter(None, (one.reason, one.note)):
        typer.echo(f"           {plain(told, limit=300)}")
