"""Whether the legal values of an attribute can be told apart, and whether their parents make sense."""

from collections.abc import Iterator, Mapping, Sequence

from attrgen_assets.domain.product_types.model import NOT_APPLICABLE, EnumAttribute, EnumListAttribute
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Parts
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.text import normalise_all
from attrgen_assets.errors import Problem

_NO_SPELLING = "no letter or digit is left of it when texts are compared"


def spells_nothing(at: At, texts: Sequence[str]) -> Iterator[Problem]:
    """Texts of a list that would match everything or nothing."""
    for position, (text, spelled) in enumerate(zip(texts, normalise_all(texts), strict=True)):
        if not spelled:
            yield (at / position).problem(_NO_SPELLING, found=repr(text))


def check_values(parts: Parts, attribute: EnumAttribute | EnumListAttribute) -> Iterator[Problem]:
    """Spellings that two values share, values that say nothing or NA, unknown parents, circles of parents."""
    texts = [text for legal in attribute.values for text in (legal.value, *(s.text for s in legal.synonyms))]
    spellings = dict(zip(texts, normalise_all(texts), strict=True))  # at once: a vocabulary may have thousands
    yield from _check_names(parts, attribute, spellings)
    yield from _check_synonyms(parts, attribute, spellings)
    yield from _check_parents(parts, attribute)


def _at(parts: Parts, attribute: EnumAttribute | EnumListAttribute, position: int) -> At:
    return parts.places.at("attributes", attribute.name, "values", position)


def _check_names(
    parts: Parts, attribute: EnumAttribute | EnumListAttribute, spellings: Mapping[str, str]
) -> Iterator[Problem]:
    unreachable = {text.strip().casefold() for text in (*parts.texts.missing, *parts.texts.not_applicable)}
    first: dict[str, str] = {}
    for position, legal in enumerate(attribute.values):
        at, spelled = _at(parts, attribute, position), spellings[legal.value]
        if not spelled:
            yield at.problem(_NO_SPELLING, found=repr(legal.value))
        elif legal.value.strip().casefold() == NOT_APPLICABLE.casefold():
            yield at.problem("NA is a status, not a value", found=repr(legal.value), help="write na: true instead")
        elif legal.value.strip().casefold() in unreachable:
            help = "take it out of texts.missing and texts.not_applicable, or call the value otherwise"
            yield at.problem("cells with this text are read as stating nothing", found=repr(legal.value), help=help)
        elif spelled in first:
            found = f"{first[spelled]!r} and {legal.value!r}"
            yield at.problem("two values with the same spelling, case and punctuation aside", found=found)
        else:
            first[spelled] = legal.value


def _check_synonyms(
    parts: Parts, attribute: EnumAttribute | EnumListAttribute, spellings: Mapping[str, str]
) -> Iterator[Problem]:
    values = {spellings[legal.value]: legal.value for legal in reversed(attribute.values)}
    owners: dict[str, str] = {}
    for position, legal in enumerate(attribute.values):
        for number, synonym in enumerate(legal.synonyms):
            at = parts.places.at("attributes", attribute.name, "values", position, "synonyms", number)
            spelled = spellings[synonym.text]
            if not spelled:
                yield at.problem(_NO_SPELLING, found=repr(synonym.text))
            elif values.get(spelled, legal.value) != legal.value:
                message = f"a synonym of {legal.value!r} that is the value {values[spelled]!r} itself"
                yield at.problem(message, found=repr(synonym.text), help="keep one of the two")
            elif owners.setdefault(spelled, legal.value) != legal.value:
                message = f"a synonym of two values, {owners[spelled]!r} and {legal.value!r}"
                yield at.problem(message, found=repr(synonym.text), help="keep it at one of them")


def _check_parents(parts: Parts, attribute: EnumAttribute | EnumListAttribute) -> Iterator[Problem]:
    parents = {legal.value: legal.parent for legal in attribute.values}
    told: set[str] = set()
    for position, legal in enumerate(attribute.values):
        if legal.parent is None:
            continue
        at = parts.places.at("attributes", attribute.name, "values", position, "parent")
        if legal.parent not in parents:
            if not parts.values_broken(attribute):
                help = suggestion(legal.parent, parents)
                yield at.problem(
                    f"the parent of {legal.value!r} is no legal value", found=repr(legal.parent), help=help
                )
            continue
        chain = [legal.value]
        while (above := parents.get(chain[-1])) is not None and above not in chain:
            chain.append(above)
        if above == legal.value and not told & set(chain):
            told |= set(chain)
            yield at.problem("values are parents of one another in a circle", found=" > ".join([*chain, legal.value]))
