"""What the models of a product type have in common: names, fractions, and being immutable."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,62}$"
"""Names of product types, attributes, fields and vocabularies: also legal as partition keys and document keys."""

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """The base of all models: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
