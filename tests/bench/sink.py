"""A mail server that accepts everything: `python -m tests.bench.sink PORT` prints a recipient and an instant for each mail."""

import asyncio
import sys
import time

from aiosmtpd.smtp import SMTP, Envelope


class Sink:
    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        print(envelope.rcpt_tos[0], time.monotonic(), flush=True)
        return "250 taken"


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink(), hostname="sink"), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
