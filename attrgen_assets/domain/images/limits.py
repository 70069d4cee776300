"""How much of a stranger's picture is taken."""

from pydantic import BaseModel, ConfigDict, Field


class ImageLimits(BaseModel):
    """Limits of one picture, and of all that are worked on at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(default=20_000_000, ge=1, description="most bytes of a download")
    max_pixels: int = Field(default=50_000_000, ge=1, description="most pixels, width times height, of all frames read")
    timeout_s: float = Field(default=10.0, gt=0, description="longest silence of a server, seconds")
    total_s: float = Field(default=30.0, gt=0, description="longest download, redirects included, seconds")
    max_redirects: int = Field(default=5, ge=0, description="most redirects followed")
    parallel: int = Field(default=8, ge=1, description="downloads at a time")
    decoding: int = Field(default=2, ge=1, description="pictures decoded at a time; 50 million pixels take 200 MB")
