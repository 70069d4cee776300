"""A product type as it is in force: every `extends` resolved, every shorthand spelled out.

These are the *effective* models. What a file may say on the way there (shorthands, partial overrides) is
`file_model`; how files become a `ProductType` is `resolve`.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import Field

from attrgen_assets.domain.product_types.base import Fraction, Frozen, Name
from attrgen_assets.domain.product_types.learned import GeneratorName, LearnedSource
from attrgen_assets.domain.product_types.rules import Rule
from attrgen_assets.domain.product_types.trust import Accept, Calibration

NOT_APPLICABLE = "NA"
"""How rules and feeds spell the status NOT_APPLICABLE; no legal value may be called so."""

FEED_PLACES: Final = ("path", "collection", "url")
"""The keys of a feed that say where its rows lie: one of them does."""

ADDRESS: Final = r"^https?://[^\s/@?#]+(?:[/?][^\s#]*)?$"
VARIABLE: Final = r"^[A-Z][A-Z0-9_]*$"

PRODUCT = "product"
"""The part of a product that is the product itself."""

DETAIL = "detail"
"""Details of a product, such as its neck: said of the product, unless a sentence is about a part."""


class Synonym(Frozen):
    """Another spelling of a legal value, with the reason where it is not obvious."""

    text: str = Field(min_length=1)
    reason: str | None = None


class LegalValue(Frozen):
    """One value that an enum may take; `parent` is the broader value it narrows (Pure Silk -> Silk)."""

    value: str = Field(min_length=1)
    synonyms: tuple[Synonym, ...] = ()
    parent: str | None = None


class Matching(Frozen):
    """How free text is matched to legal values.

    `threshold` and `margin` are on a 0-100 scale: the best value must score at least `threshold` and beat the best
    score of any *other* value by at least `margin`, else it is a refusal. 82 lets one wrong letter in six pass.
    `several` says what a text means that names several values ("blue / white"): a refusal, or the first of them.
    `phrases` says whether a legal phrase among other words counts ("100% soft cotton").
    """

    fuzzy: bool = True
    threshold: float = Field(default=82.0, ge=50, le=100)
    margin: float = Field(default=4.0, ge=0, le=50)
    several: Literal["refuse", "first"] = "refuse"
    phrases: bool = True


class Fallback(Frozen):
    """Use this legal value when all that was stated was refused; counted, and visible in provenance."""

    fallback: str


class ColumnSource(Frozen):
    """Take the text of a field (a mapped feed column) as it is."""

    generator: Literal["column"] = "column"
    fields: tuple[Name, ...] = Field(min_length=1)
    confidence: Fraction = 0.98
    enabled: bool = True


class LabelSource(Frozen):
    """Take what stands behind a label in running text ("Neck: round | Sleeves - 3/4").

    Labels are the names in `feed.columns` of the attribute's column sources. What is refused holds no row back.
    """

    generator: Literal["label"] = "label"
    fields: tuple[Name, ...] = Field(min_length=1)
    confidence: Fraction = 0.95
    enabled: bool = True


class LexiconSource(Frozen):
    """Find legal values and synonyms in running text.

    With `near`, only the `words_before` words before and the `words_after` words after one of these words are
    searched ("has a [zari] border"). `pick` says which of several values found in a field is proposed.
    Clauses in which one of `not_near` stands are skipped. With `part` only what is said of that part is searched, of
    those in `texts.parts` ("with blue printed palazzos" does not colour the kurta). With `named` the words that name
    these parts are looked for instead, one for each, and read together: "palazzo dupatta".
    """

    generator: Literal["lexicon"] = "lexicon"
    fields: tuple[Name, ...] = Field(min_length=1)
    near: tuple[str, ...] = ()
    words_before: int = Field(default=3, ge=0, le=12)
    words_after: int = Field(default=0, ge=0, le=12)
    not_near: tuple[str, ...] = ()
    part: Name | None = None
    named: tuple[Name, ...] = ()
    pick: Literal["first", "second", "all"] = "first"
    confidence: Fraction = 0.9
    enabled: bool = True


class PatternSource(Frozen):
    """Find quantities, prices, sizes or a regular expression in a field.

    quantity: a number with a unit of the attribute's dimension; with `near`, only in clauses with one of these words.
    price:    "Rs\\n1699", "MRP: Rs. 1,699/- only", "₹1699", or a bare number; a cell that says more is taken whole.
    sizes:    a list, with or without a label in front ("Size:Large,Medium").
    regex:    Rust syntax, linear time; of the match the group named `value` counts, else the first; it needs a group.
    """

    generator: Literal["pattern"] = "pattern"
    form: Literal["quantity", "price", "sizes", "regex"]
    fields: tuple[Name, ...] = Field(min_length=1)
    near: tuple[str, ...] = ()
    regex: str | None = None
    confidence: Fraction = 0.92
    enabled: bool = True


Source = Annotated[
    ColumnSource | LabelSource | LexiconSource | PatternSource | LearnedSource, Field(discriminator="generator")
]


class AttributeBase(Frozen):
    """What every kind of attribute has."""

    name: Name
    description: str = ""
    origin: Literal["common", "specific"]
    defined_in: str = Field(description="config file that introduced the attribute, relative to the config folder")
    required: bool = False
    na: bool = Field(default=False, description="whether NOT_APPLICABLE is a legal answer")
    sources: tuple[Source, ...] = Field(default=(), description="in order: the first with an accepted value wins")
    on_refusal: Literal["quarantine", "drop"] | Fallback = Field(
        description="what happens when something was stated and all of it was refused"
    )
    accept: Accept | None = Field(default=None, description="from which precision on values are accepted")


class EnumAttribute(AttributeBase):
    """One of the legal values."""

    kind: Literal["enum"] = "enum"
    vocabulary: str = Field(description="name of the shared vocabulary, or the attribute's own name")
    values: tuple[LegalValue, ...] = Field(min_length=1)
    matching: Matching = Matching()


class EnumListAttribute(AttributeBase):
    """Several of the legal values, each at most once, in the order of the vocabulary."""

    kind: Literal["enum_list"] = "enum_list"
    vocabulary: str
    values: tuple[LegalValue, ...] = Field(min_length=1)
    matching: Matching = Matching()
    separators: tuple[str, ...] = (",", ";", "|", "/", "&", "\n")


class TextAttribute(AttributeBase):
    """Free text, cleaned of control characters and surplus spaces."""

    kind: Literal["text"] = "text"
    max_length: int = Field(default=2000, ge=1, le=1_000_000, description="in characters; longer is refused")


class NumberAttribute(AttributeBase):
    """A number in `unit`, within the closed range."""

    kind: Literal["number"] = "number"
    unit: str | None = None
    minimum: float
    maximum: float
    decimals: int = Field(default=2, ge=0, le=9)


class BooleanAttribute(AttributeBase):
    """True or false."""

    kind: Literal["boolean"] = "boolean"
    true_texts: tuple[str, ...] = ("yes", "true", "y", "1")
    false_texts: tuple[str, ...] = ("no", "false", "n", "0")


Attribute = Annotated[
    EnumAttribute | EnumListAttribute | TextAttribute | NumberAttribute | BooleanAttribute,
    Field(discriminator="kind"),
]


class Gate(Frozen):
    """Two limits on one fraction; what is beyond `error` fails a check, beyond `warn` warns."""

    warn: Fraction | None = None
    error: Fraction | None = None


class Gates(Frozen):
    """Quality gates of a product type."""

    max_quarantined_fraction: Gate = Gate(warn=0.05, error=0.5)
    min_coverage: dict[Name, Gate] = Field(default_factory=dict, description="least FOUND share per attribute")
    max_feed_age_days: float | None = Field(default=None, gt=0, description="freshness of the newest feed file, days")


class Select(Frozen):
    """Which rows of a mixed feed are of this product type: by whole words in a field, in any case."""

    field: Name
    any_of: tuple[str, ...] = Field(min_length=1)
    none_of: tuple[str, ...] = ()


class Specifications(Frozen):
    """Feed columns that hold a table of key/value pairs: each key becomes a column `<prefix>.<key>` of its own."""

    column: tuple[str, ...] = Field(min_length=1, description="the feed's names for that column")
    prefix: Name = "spec"


class Feed(Frozen):
    """Where rows come from and how their columns are called.

    `columns` maps a field (our name) to the feed's column names that may carry it; the first present wins.
    The fields `sku`, `title` and `brand` feed the attributes of the same names.
    """

    path: str | None = Field(default=None, description="file or glob, relative to the feeds folder")
    collection: str | None = Field(default=None, description="MongoDB collection to read instead of a file")
    url: str | None = Field(default=None, pattern=ADDRESS, description="http(s) address to read instead of a file")
    token: str | None = Field(
        default=None, pattern=VARIABLE, description="environment variable with the bearer token for the address"
    )
    format: Literal["auto", "csv", "jsonl", "json", "parquet"] = "auto"
    encoding: str | None = Field(default=None, description="of text files; default: detected")
    delimiter: str | None = Field(default=None, description="of CSV; default: detected", max_length=1)
    columns: dict[Name, tuple[str, ...]]
    specifications: Specifications | None = None
    select: Select | None = None
    duplicates: Literal["first", "last"] = Field(default="first", description="which of several rows of a SKU is kept")


class Texts(Frozen):
    """How texts are read, for every attribute of the type."""

    missing: tuple[str, ...] = Field(
        default=("", "nan", "null", "none", "n.a.", "-", "--", "?"), description="cells that state nothing"
    )
    not_applicable: tuple[str, ...] = Field(
        default=("na", "n/a", "not applicable"), description="cells that state NOT_APPLICABLE"
    )
    boilerplate: tuple[str, ...] = Field(default=(), description="clauses with one of these phrases are no evidence")
    styling: tuple[str, ...] = Field(
        default=(), description="from a clause with one of these phrases on, a sentence speaks of other products"
    )
    negations: tuple[str, ...] = Field(default=(), description="words that deny what follows them")
    names: tuple[str, ...] = Field(
        default=(), description="last words of names of shops and brands: they and the word before are no evidence"
    )
    parts: dict[Name, tuple[str, ...]] = Field(
        default_factory=dict,
        description='words that name a part; under "product" those that name the product itself, under "detail" its '
        "neck, sleeves and the like",
    )
    run_on: tuple[Name, ...] = Field(
        default=("description",),
        description='fields whose sentences are glued together ("borderBlouse PieceThe model"): a capital inside a '
        "word starts a new clause",
    )


class ProductType(Frozen):
    """A product type as it is in force."""

    name: Name
    title: str
    description: str = ""
    owners: tuple[str, ...] = ()
    extends: tuple[str, ...] = Field(default=(), description="common files, relative to config/common, nearest last")
    feed: Feed
    texts: Texts = Texts()
    attributes: tuple[Attribute, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    gates: Gates = Gates()
    switched_off: tuple[GeneratorName, ...] = ()
    calibration: Calibration | None = Field(default=None, description="what a gold set showed of scores")
    config_version: str = Field(description="hex digest of everything above: same answers, same version")

    def attribute(self, name: str) -> "Attribute":
        """The attribute of that name; raises KeyError."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(name)

    def with_attributes(self, attributes: "tuple[Attribute, ...]") -> Self:
        """A copy with other attributes (tests and previews; the version is not recomputed)."""
        return self.model_copy(update={"attributes": attributes})
