"""Placeholders of a config's paths, queries and bodies, filled in."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with values for placeholders; a text that is one placeholder becomes the value itself, of any kind.

    >>> filled({"Keywords": "{pn}", "ItemPage": "{page}", "n": 10}, {"pn": "WR55X10025", "page": 2})
    {'Keywords': 'WR55X10025', 'ItemPage': 2, 'n': 10}
    """
    if isinstance(template, dict):
        return {key: filled(item, values) for key, item in template.items()}
    if isinstance(template, list):
        return [filled(item, values) for item in template]
    if not isinstance(template, str):
        return template
    whole = _PLACEHOLDER.fullmatch(template)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)


def filled_path(template: str, values: Mapping[str, Any]) -> str:
    """A path whose placeholders are each one segment, whatever characters their values have.

    >>> filled_path("/parts/{pn}/models", {"pn": "W10/5 A"})
    '/parts/W10%2F5%20A/models'
    >>> filled_path("/parts/{id}", {"id": ".."})
    '/parts/%2E%2E'
    """
    return _PLACEHOLDER.sub(lambda found: _segment(str(values.get(found[1], found[0]))), template)


def _segment(text: str) -> str:
    """One segment of a path; dots alone would mean the folder above."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")
