"""`make bench`: every figure that the product promises, as ratios taken in one run. `python -m tests.bench reads` runs one part."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable

import uvloop

from tests.bench import feeds, memory, months, notices, processes, reads, registering
from tests.bench.figures import Figure
from tests.bench.servers import Bench, bench

# In the order in which they run, with the seconds that each may take.
PARTS: dict[str, tuple[Callable[[Bench], AsyncIterator[Figure]], int]] = {
    "reads": (reads.measure, 120),
    "feeds": (feeds.measure, 60),
    "processes": (processes.measure, 60),
    "registering": (registering.measure, 90),
    "notices": (notices.measure, 90),
    "memory": (memory.measure, 60),
    "months": (months.measure, 120),
}


async def run(names: list[str]) -> None:
    async with bench() as running:
        for name in names:
            begun = time.monotonic()
            measure, seconds = PARTS[name]
            try:
                async with asyncio.timeout(seconds):
                    async for figure in measure(running):
                        print(figure.line(), flush=True)
            except TimeoutError:
                print(f"{name}: not measured within {seconds} s", flush=True)
            print(f"  ({name}: {time.monotonic() - begun:.0f} s)", flush=True)


def main() -> int:
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        print(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    print(f"{'':<62} {'measured':>22} {'ratio':>9}   target")
    uvloop.run(run(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
