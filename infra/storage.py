"""Where feeds and posters lie: a folder, or a bucket of any S3-compatible, Google or Azure store. Every write is whole or not at all."""

from dataclasses import dataclass
from datetime import datetime

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from infra.settings import BadSetting, Settings


class StoreFailed(Exception):
    """The store can't be reached or refuses; its own words stay in the log."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies in the store."""

    body: bytes
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Store:
    """Files by path. A folder keeps no content types: whoever serves it goes by the suffix."""

    objects: ObjectStore

    async def put(self, path: str, body: bytes, *, content_type: str) -> None:
        """Write or replace a file: a reader finds the old bytes or the new ones. Raises StoreFailed."""
        attributes = None if isinstance(self.objects, LocalStore) else {"Content-Type": content_type}
        try:
            await obstore.put_async(self.objects, path, body, attributes=attributes)
        except (BaseError, OSError, ValueError) as error:
            raise StoreFailed(path) from error

    async def find(self, path: str) -> Stored | None:
        """The file, or None where there is none. Raises StoreFailed."""
        try:
            found = await obstore.get_async(self.objects, path)
            return Stored(bytes(await found.bytes_async()), found.meta["last_modified"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError, ValueError) as error:
            raise StoreFailed(path) from error

    async def remove(self, path: str) -> None:
        """Remove the file, if it is there. Raises StoreFailed."""
        try:
            await obstore.delete_async(self.objects, path)
        except FileNotFoundError:
            return
        except (BaseError, OSError, ValueError) as error:
            raise StoreFailed(path) from error


def open_store(settings: Settings) -> Store:
    """The store of STORE_URL (`s3://bucket/prefix`; keys and endpoint from AWS_* and the like), else `store` in the data folder.

    Raises BadSetting.
    """
    if settings.store_url is None:
        return Store(LocalStore(settings.data / "store", mkdir=True))
    try:
        if settings.store_url.startswith("file:"):
            return Store(from_url(settings.store_url, mkdir=True))
        return Store(from_url(settings.store_url))
    except (BaseError, OSError, ValueError) as error:
        raise BadSetting(f"STORE_URL can't be used: {str(error).partition(chr(10))[0]}.") from error
