"""What is known of sources, in MongoDB: the model in use, one per product type."""

from datetime import datetime

from pydantic import ValidationError

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import SOURCE_MODELS
from attrgen_assets.domain.fusion.model import SourceModel


class MongoSourceModels(MongoPart):
    """The SourceModels of `domain.parts.source_models`. Any method may raise StoreUnavailable or StorageFull."""

    def source_model(self, product_type: str) -> SourceModel | None:
        """The model in use; None where there is none, or one of another release, which the next run replaces."""
        with translated("reading what is known of sources"):
            found = self._collection(SOURCE_MODELS).find_one({"_id": product_type})
        try:
            return None if found is None else SourceModel.model_validate(found["model"])
        except ValidationError:
            return None

    def write_source_model(self, product_type: str, model: SourceModel, *, at: datetime) -> None:
        """Use this model from now on."""
        with translated("keeping what is known of sources"):
            self._collection(SOURCE_MODELS).replace_one(
                {"_id": product_type}, {"model": model.model_dump(), "at": at}, upsert=True
            )
