"""The page: complete in itself, and safe whatever a feed says."""

import re
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from attrgen_assets.adapters.report_page.page import report_html
from attrgen_assets.domain.attributes.scoring import Judged, Verdict
from attrgen_assets.domain.reporting.drift import drift
from attrgen_assets.domain.reporting.profile import Profile, RefusedText, profile_of
from attrgen_assets.domain.reporting.report import GoldReport, RunRecord, TypeReport
from attrgen_assets.errors import MissingExtra
from attrgen_assets_tests.factories import NOW, make_product_type, make_quarantined, make_validated

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "a\u202eb\x1b[31m", "</svg>'")


def profile(*rows: dict[str, Any], **changes: Any) -> Profile:
    lines = [{"sku": f"S{i}"} | row for i, row in enumerate(rows)]
    found = profile_of(make_validated(lines).lazy(), make_quarantined().lazy(), make_product_type())
    return found.model_copy(update=changes)


def record(of: Profile, run_id: str = "r") -> RunRecord:
    return RunRecord(run_id=run_id, at=NOW, config_version="c0ffee00", profile=of)


def report(**changes: Any) -> TypeReport:
    now = profile({"color": "Red", "fabric": "Silk", "confidence": 0.9}, {"color": "Blue"})
    fields: dict[str, Any] = {"run": record(now), "former": None, "drift": None, "gold": None}
    return TypeReport(**({"product_type": make_product_type()} | fields | changes))


def page(*reports: TypeReport) -> str:
    return report_html(reports or [report()], now=NOW, version="1.2.3")


class Strict(HTMLParser):
    """Collects elements and texts, and fails where elements do not close in order."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def full() -> TypeReport:
    before = profile(*[{"color": "Red"}] * 40, {"color": "Blue"})
    after = profile(
        *[{"color": "Blue", "confidence": 0.9}] * 40,
        {"color": "Red"},
        refusals=(RefusedText(attribute="color", reason="ambiguous", text="rde", nearest="Red, Blue", rows=3),),
        proposals=(RefusedText(attribute="fabric", reason="needs_review", text="slk", nearest="Silk", rows=2),),
        refused_values=3,
        proposed_values=2,
    )
    judged = (
        Judged("S1", "color", Verdict.RIGHT, ["Blue"], "Blue", 0.9),
        Judged("S2", "color", Verdict.WRONG, ["Red"], "Blue", 0.7),
    )
    gold = GoldReport(labelled=2, without_document=0, not_in_feed=1, judged=judged)
    return report(run=record(after, "now"), former=record(before, "then"), drift=drift(before, after), gold=gold)


def test_the_page_is_well_formed_and_asks_nobody_for_anything() -> None:
    text = page(full(), report())
    elements = Strict(text).seen
    names = {name for name, _ in elements}
    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    addresses = [value for _, attributes in elements for key, value in attributes.items() if key in ("href", "src")]
    assert addresses
    assert all(value is not None and value.startswith("#") for value in addresses)
    assert "default-src 'none'" in text
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text


def test_everything_has_its_place() -> None:
    text = page(full())
    for words in (
        "Moved: color",
        "50.0 %",  # precision
        "color: {add_values: {&#34;MEANT&#34;: [&#34;rde&#34;]}}",
        "Proposals that wait for review",
        "Blue</bdi> 2 % → 98 %",
        "Of those given with 0.9 or more, 1 of 1 are right",
        "1 further labelled products are not in the feed",
    ):
        assert words in text, words
    plots = [attributes.get("aria-label") for name, attributes in Strict(text).seen if name == "svg"]
    assert len(plots) == 4
    assert all(plots)


def test_ids_are_there_once_and_colours_come_from_the_style_sheet() -> None:
    text = page(full(), report(product_type=make_product_type(name="kurta")))
    svg = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"#([\w-]+)[\")]", svg)) <= set(ids)
    assert "#0a0b" not in text
    assert "font-family" not in svg


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_feed_becomes_part_of_the_page(hostile: str) -> None:
    refusals = tuple(
        RefusedText(attribute="color", reason=reason, text=hostile, nearest=hostile, rows=1)
        for reason in ("not_in_vocabulary", "needs_review")
    )
    of = profile({"color": hostile}, refusals=refusals[:1], proposals=refusals[1:])
    gold = GoldReport(
        labelled=1,
        without_document=0,
        not_in_feed=0,
        judged=(Judged(hostile, "color", Verdict.WRONG, [hostile], hostile, 0.9),),
    )
    with_it = page(report(run=record(of, hostile), former=record(profile()), drift=drift(profile(), of), gold=gold))
    harmless = [name for name, _ in Strict(with_it).seen]
    assert "script" not in harmless
    assert "img" not in harmless
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", with_it)
    assert "49" not in Strict(with_it).texts


def test_a_run_without_rows_has_a_page() -> None:
    text = page(report(run=record(profile())))
    assert "This is the first run on record" in text
    Strict(text)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page(full()) == page(full())


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r'matplotlib is not installed.*pip install "attrgen\[report\]"'):
        page()
