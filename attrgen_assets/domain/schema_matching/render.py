"""A suggestion as YAML to review: keys of a product type's file, each line with what speaks for it as a remark."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.schema_matching.suggestion import ColumnMatch, Suggestion
from attrgen_assets.domain.schema_matching.values import ValueGroup

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]*[A-Za-z0-9]|[A-Za-z]")
_NOT_TEXTS: Final = frozenset({"null", "true", "false"})  # of YAML 1.2, which the config is read as
_SHOWN: Final = 12
_SHOWN_COLUMNS: Final = 80
_SHOWN_LENGTH: Final = 60  # characters of a text in a remark


def suggestion_yaml(
    suggestion: Suggestion,
    product_type: ProductType,
    *,
    feed: str,
    rows: int,
    of: int,
    tables: Mapping[str, float],
    ranked: Sequence[tuple[Suggestion, float]],
) -> str:
    """The YAML: a mapping that can be merged into the product type's file key by key, or remarks alone.

    rows, of: how many rows were learned from, of how many that were read.
    tables: columns of key/value pairs that the config does not name yet, with the share of their texts that are.
    ranked: all product types with their scores, where it was the feed that chose this one.
    """
    name = suggestion.product_type
    lines = [
        f"# Suggested for {name}, from {_rows(rows, of)} of {_remark(feed)}.",
        f"# Review each line, and merge what is right into config/product_types/{name}.yaml. Nothing has been changed.",
    ]
    if ranked:
        lines.append(f"# The feed looks most like {name}:")
        lines += [
            f"#   {one.product_type} {score:.2f}: columns seem to carry {one.likeness:.0%} of its {one.fields} fields, "
            f"and {one.mentions:.0%} of the titles mention it"
            for one, score in ranked
        ]
    lines += _feed(suggestion, product_type, tables)
    lines += _attributes(suggestion)
    lines += _remarks(suggestion)
    return "\n".join(lines) + "\n"


def _rows(rows: int, of: int) -> str:
    """What was learned from.

    >>> _rows(500, 500), _rows(14, 500)
    ('500 rows', 'the 14 rows whose titles mention it among the first 500')
    """
    return f"{rows:,} rows" if rows == of else f"the {rows:,} rows whose titles mention it among the first {of:,}"


def _feed(suggestion: Suggestion, product_type: ProductType, tables: Mapping[str, float]) -> Iterator[str]:
    if not suggestion.matches and not tables:
        return
    yield ""
    yield "feed:"
    if tables:
        known = product_type.feed.specifications.column if product_type.feed.specifications else ()
        shares = ", ".join(f"{share:.0%} of the texts of {_remark(name)}" for name, share in tables.items())
        yield f"  specifications: {{column: {_list([*known, *tables])}}}  # {shares} are tables of keys and values"
    if suggestion.matches:
        yield "  columns:"
    for match in suggestion.matches:
        names = [*product_type.feed.columns.get(match.field, ()), match.column]
        yield f"    {match.field}: {_list(names)}  # {_evidence(match)}"


def _evidence(match: ColumnMatch) -> str:
    found = match.evidence
    said = f"{_remark(match.column)}: names {found.name:.2f}"
    if match.attribute is not None and found.kind != "text":
        said += f", values {found.readable / found.cells:.0%} of {found.cells:,} ({match.attribute})"
    if match.runner_up is not None:
        said += f"; score {found.score:.2f}, next {match.runner_up[0]} {match.runner_up[1]:.2f}"
    return said


def _attributes(suggestion: Suggestion) -> Iterator[str]:
    named = {name: groups for name, groups in suggestion.values.items() if any(group.is_synonym for group in groups)}
    if not named:
        return
    yield ""
    yield "attributes:"
    for name, groups in named.items():
        yield f"  {name}:"
        yield "    add_values:"
        by_value: dict[str, list[ValueGroup]] = {}
        for group in groups:
            if group.is_synonym and group.nearest is not None:
                by_value.setdefault(group.nearest, []).append(group)
        for value, members in by_value.items():
            yield f"      {_text(value)}:"
            for group in members:
                said = f"{group.cells:,} cells in {_spellings(len(group.texts))}, sure {group.sure:.2f}"
                yield from (f"        - {_text(text)}  # {said}" for text in group.texts)


def _spellings(texts: int) -> str:
    """A number of spellings.

    >>> _spellings(1), _spellings(3)
    ('1 spelling', '3 spellings')
    """
    return f"{texts} spelling{'s' if texts != 1 else ''}"


def _remarks(suggestion: Suggestion) -> Iterator[str]:
    """What a person must decide, as remarks."""
    for name, groups in suggestion.values.items():
        missing = [group for group in groups if group.is_missing_value]
        several = [group for group in groups if group.several]
        if missing:
            yield ""
            yield f"# {name}: values that the vocabulary may lack (cells; nearest legal value, sure)"
            for group in missing[:_SHOWN]:
                texts = " = ".join(_remark(text) for text in group.texts[:4])
                nearest = f"{group.nearest} {group.sure:.2f}" if group.nearest is not None else "none is near"
                yield f"#   {texts}  ({group.cells:,}; {nearest})"
            if len(missing) > _SHOWN:
                yield f"#   and {len(missing) - _SHOWN:,} more"
        if several:
            yield ""
            yield f"# {name}: texts that name legal values among other words, and stay refused"
            for group in several[:_SHOWN]:
                yield f"#   {_remark(group.texts[0])}  ({group.cells:,}; {', '.join(group.several)})"
    if suggestion.unsure:
        yield ""
        yield "# Not clear enough to suggest:"
        for match in suggestion.unsure:
            yield f"#   {match.field}: {_evidence(match)}"
    if suggestion.unmatched:
        yield ""
        yield "# Columns that match nothing:"
        named = [_remark(name) for name in suggestion.unmatched]
        more = [f"and {len(named) - _SHOWN_COLUMNS:,} more"] if len(named) > _SHOWN_COLUMNS else []
        yield from (f"#   {line}" for line in _wrapped([*named[:_SHOWN_COLUMNS], *more]))


def _wrapped(names: Sequence[str], width: int = 110) -> Iterator[str]:
    line = ""
    for name in names:
        if line and len(line) + len(name) + 2 > width:
            yield line + ","
            line = name
        else:
            line = f"{line}, {name}" if line else name
    if line:
        yield line


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(_text(text) for text in dict.fromkeys(texts))}]"


def _text(text: str) -> str:
    """A text as YAML reads it back, with quotes only where they are needed; JSON's are also YAML's.

    >>> _text("Off White"), _text("no: 1"), _text("true")
    ('Off White', '"no: 1"', '"true"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXTS:
        return text
    return json.dumps(text)


def _remark(text: str) -> str:
    """A text inside a remark: on one line, of printable characters, and not too long."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= _SHOWN_LENGTH else shown[: _SHOWN_LENGTH - 1] + "…"
