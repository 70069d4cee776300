"""What the commands of `attrgen config` print."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from attrgen_assets.adapters.config_files.validate import Validation
    from attrgen_assets.workflows.compare import Comparison


def print_validations(validations: "Sequence[Validation]", *, as_json: bool) -> None:
    """Every problem, how many there are, and what is valid."""
    if as_json:
        typer.echo(json.dumps([_validation_data(validation) for validation in validations], indent=2))
        return
    for validation in validations:
        if len(validations) > 1:
            typer.echo(f"{validation.place}:")
        for line in _validation_lines(validation):
            typer.echo(line)


def _validation_lines(validation: "Validation") -> Iterator[str]:
    yield from map(str, validation.problems)
    files = len({problem.file for problem in validation.problems})
    if files:
        yield f"{_count(len(validation.problems), 'problem')} in {_count(files, 'file')}"
    for config in validation.product_types:
        origins = [attribute.origin for attribute in config.attributes]
        counts = f"{origins.count('common')} common and {origins.count('specific')} specific attributes"
        idle = (
            ""
            if config.feed.path or config.feed.collection or config.feed.url
            else "; no feed: only for `attrgen generate --input`"
        )
        yield f"valid: {config.name}, {counts}, version {config.config_version}{idle}"
    for file in validation.common_files:
        yield f"valid: {file}"


def _validation_data(validation: "Validation") -> dict[str, Any]:
    return {
        "place": str(validation.place),
        "problems": [dataclasses.asdict(problem) for problem in validation.problems],
        "product_types": {config.name: config.config_version for config in validation.product_types},
        "common_files": list(validation.common_files),
    }


def print_comparisons(
    comparisons: "Sequence[Comparison]", *, added: Sequence[str], removed: Sequence[str], as_json: bool
) -> None:
    """Every change, with the documents that it may touch."""
    if as_json:
        data = {
            "added": list(added),
            "removed": list(removed),
            "product_types": list(map(_comparison_data, comparisons)),
        }
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for name in added:
        typer.echo(f"{name}: a new product type")
    for name in removed:
        typer.echo(f"{name}: no longer a product type; its documents stay")
    for comparison in comparisons:
        for line in _comparison_lines(comparison):
            typer.echo(line)


def _comparison_lines(comparison: "Comparison") -> Iterator[str]:
    if not comparison.changes:
        yield f"{comparison.product_type}: no change"
        return
    versions = f"version {comparison.old_version} -> {comparison.new_version}"
    yield f"{comparison.product_type}: {'the same answers' if comparison.same_answers else versions}"
    for change in comparison.changes:
        yield f"  {change}"
        for touch in change.touches:
            count = comparison.counts.get(touch)
            yield f"      {touch}" if count is None else f"      {touch}: {_count(count, 'document')}"
    if comparison.touched is not None:
        yield f"  {_count(comparison.touched, 'document')} may get other answers"
    elif any(change.touches for change in comparison.changes):
        yield "  indented: the documents that may get other answers; --documents DOCS or --store counts them"


def _comparison_data(comparison: "Comparison") -> dict[str, Any]:
    changes = [
        {
            "what": change.what,
            "subject": change.subject,
            "where": change.where,
            "old": change.old,
            "new": change.new,
            "touches": [
                {"condition": str(touch), "documents": comparison.counts.get(touch)} for touch in change.touches
            ],
        }
        for change in comparison.changes
    ]
    return {
        "product_type": comparison.product_type,
        "old_version": comparison.old_version,
        "new_version": comparison.new_version,
        "documents": comparison.touched,
        "changes": changes,
    }


def _count(number: int, noun: str) -> str:
    """A number and its noun.

    >>> _count(1, "document"), _count(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {noun}{'s' if number != 1 else ''}"
