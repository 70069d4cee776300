"""Every error that attrgen raises, in one tree.

    AttrgenError
    |-- TerminalError            trying again cannot help
    |   |-- ConfigError          the problems of all config files at once
    |   |-- FeedError            a whole feed cannot be read (a bad row is a refusal, not an error)
    |   |-- UnknownProductType
    |   |-- NotFoundError        a document, a quarantined row, an override that does not exist
    |   |-- InvalidCorrection    a correction that the config would refuse
    |   |-- ModelError           a trained model is missing, damaged, or of another release
    |   |-- ModelRefused         a language model's service does not take our requests: key, name, or form
    |   |-- BadAnswer            a language model answered something that is not of the form asked for
    |   |-- BudgetSpent          what may be spent on language models is spent
    |   |-- GoldError            a file of labels given by hand is missing or not of its format
    |   |-- InvalidPartNumber    a text that cannot be a part number
    |   |-- InvalidQuery         a search asks for what there is not: a sort, a page size, a damaged cursor
    |   |-- MissingExtra         a library of an optional extra is not installed
    |   |-- ResultError          a result file of a measurement is missing, invalid, or cannot be written
    |   |-- ConservationError    rows read != documents + quarantined: a defect, never tolerated
    |   `-- NoServerError        no MongoDB or Redis to be found on this platform
    `-- TransientError           worth another try, with backoff
        |-- StoreUnavailable     MongoDB or Redis does not answer
        |-- ModelUnavailable     a language model does not answer, or asks to wait
        `-- StorageFull          no space left for a table; the former one is intact

Foreign errors are translated where they enter, in the adapters. Only a TransientError is retried.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


class AttrgenError(Exception):
    """The root of the tree. `str(error)` is a message for a person: what, where, found, allowed, what to do."""


class TerminalError(AttrgenError):
    """Trying again cannot help."""


class TransientError(AttrgenError):
    """Worth another try after a while."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a config file.

    >>> print(Problem("saree.yaml", 7, "attributes.color.kind", "unknown kind", "'enm'", "did you mean 'enum'?"))
    saree.yaml:7: attributes.color.kind: unknown kind; found 'enm'; did you mean 'enum'?
    """

    file: str
    line: int | None
    key: str
    message: str
    found: str | None = None
    help: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"]
        if self.found is not None:
            parts.append(f"found {self.found}")
        if self.help is not None:
            parts.append(self.help)
        return "; ".join(parts)


class ConfigError(TerminalError):
    """All problems of all config files that were read, in file and line order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0, p.key)))
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the configuration"
        super().__init__("\n".join([head, *map(str, self.problems)]))


class FeedError(TerminalError):
    """A whole feed cannot be read: it is missing, its format is unknown, or no column carries the SKU."""


class UnknownProductType(TerminalError):
    """A product type that no valid config file describes."""


class NotFoundError(TerminalError):
    """Something was asked for by name and does not exist."""


class InvalidCorrection(TerminalError):
    """A correction names an unknown attribute or a value that is not legal."""


class ModelError(TerminalError):
    """A trained model cannot be used: it is missing, damaged, changed, or of another release."""


class ModelRefused(TerminalError):
    """The service of a language model does not take our requests: the key, the model's name or the form is wrong."""


class BadAnswer(TerminalError):
    """A language model answered something that is not of the form asked for.

    `value` is what could be read of it, None where nothing could; `tokens` and `cost` what it took (cost None where
    the prices are not known): a bad answer is billed as a good one.
    """

    def __init__(self, message: str, *, value: object = None, tokens: int = 0, cost: float | None = None) -> None:
        super().__init__(message)
        self.value = value
        self.tokens = tokens
        self.cost = cost


class BudgetSpent(TerminalError):
    """What may be spent on language models is spent, or set aside for others; nothing more is asked."""


class GoldError(TerminalError):
    """A file of labels given by hand cannot be read, or names what the config does not have."""


class InvalidPartNumber(TerminalError):
    """A text that cannot be a part number: no supplier is asked for it."""


class InvalidQuery(TerminalError):
    """A search names what is not allowed; the message says what is."""


class MissingExtra(TerminalError):
    """A library of an optional extra is not installed; the message has the pip command."""


def missing_extra(library: str | None, extra: str, use: str) -> MissingExtra:
    """The error to raise where a library of an extra is missed.

    >>> print(missing_extra("httpx", "llm", "asking models"))
    httpx is not installed; asking models needs pip install "attrgen[llm]" (in a checkout: pip install -e ".[llm]")
    """
    command = f'pip install "attrgen[{extra}]" (in a checkout: pip install -e ".[{extra}]")'
    return MissingExtra(f"{library} is not installed; {use} needs {command}")


@contextmanager
def needs_extra(extra: str, use: str) -> Iterator[None]:
    """Imports of an extra's libraries, for `use`. Raises MissingExtra where one is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing_extra(error.name, extra, use) from error


class ResultError(TerminalError):
    """A result file of a measurement is missing, is not of its format, or cannot be written."""


class ConservationError(TerminalError):
    """Rows were lost or doubled between two steps."""


class NoServerError(TerminalError):
    """No server binary and no URI: the message says which three ways there are."""


class StoreUnavailable(TransientError):
    """A store does not answer, or answered that it cannot serve now."""


class ModelUnavailable(TransientError):
    """A language model does not answer in time, has a fault, or asks to wait; `wait_s` is how long, where it says.

    `down`: it cannot be reached at all.
    """

    def __init__(self, message: str, *, wait_s: float | None = None, down: bool = False) -> None:
        super().__init__(message)
        self.wait_s = wait_s
        self.down = down


class StorageFull(TransientError):
    """No space is left on the device; the former output is intact."""
