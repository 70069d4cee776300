"""A product type as the text of a YAML file, with remarks that say what is common and what is specific."""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.render import file_data

_FLOW_WIDTH: Final = 110  # characters; what fits stands on one line


class _Dumper(yaml.SafeDumper):
    """Writes every value out where it stands (no anchors)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """A text stays on one line, its line breaks as escapes."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style='"' if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_str)


def yaml_text(product_type: ProductType) -> str:
    """The effective config: a valid file of its own, every attribute marked common or specific."""
    return "\n".join(_lines(product_type)) + "\n"


def _lines(product_type: ProductType) -> Iterator[str]:
    origins = [attribute.origin for attribute in product_type.attributes]
    # The head says what the keys below do not: which version this is, and what came from where.
    yield f"# {product_type.name} as it is in force, version {product_type.config_version}"
    yield f"# {origins.count('common')} common attributes, {origins.count('specific')} specific ones"
    if product_type.extends:
        yield f"# extends: {', '.join(product_type.extends)}"
    for key, value in file_data(product_type).items():
        if isinstance(value, dict | list):
            yield ""
        if key != "attributes":
            yield from _block(key, value, 0)
            continue
        yield "attributes:"
        for attribute in product_type.attributes:
            yield f"  # {attribute.origin}: {attribute.defined_in}"
            yield from _block(attribute.name, value[attribute.name], 2)


def _block(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key and its value: on one line where that is readable, else one line for each thing in it."""
    pad = " " * indent
    short = isinstance(value, list) or indent > 2
    if not isinstance(value, dict | list) or (
        short and len(_flow(value)) <= _FLOW_WIDTH and key not in ("rules", "sources")
    ):
        yield f"{pad}{_flow(key)}:{'' if value is None else ' ' + _flow(value)}"
        return
    yield f"{pad}{_flow(key)}:"
    if isinstance(value, dict):
        for inner, content in value.items():
            yield from _block(inner, content, indent + 2)
    else:
        yield from (f"{pad}  - {_flow(item)}" for item in value)


def _flow(value: Any) -> str:
    """One line of YAML, whatever characters the value has."""
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
