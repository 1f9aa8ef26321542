"""The least that Litestar can do, served exactly as our web process is: `python -m tests.bench.bare PORT`."""

import sys

import uvicorn
from litestar import Litestar, get

from events.cli.web import SERVING


@get("/", sync_to_thread=False)
def hello() -> dict[str, str]:
    return {"status": "live"}


if __name__ == "__main__":
    uvicorn.run(Litestar([hello], openapi_config=None), host="127.0.0.1", port=int(sys.argv[1]), **SERVING)
