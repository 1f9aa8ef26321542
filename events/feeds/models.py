from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from infra.database import Base


class FeedExport(Base):
    """A standard feed (a tier, a series, a region) as it was last written to the store."""

    __tablename__ = "feed_exports"

    path: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    exported_at: Mapped[datetime]
