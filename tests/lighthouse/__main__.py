"""`make lighthouse`: pages as a mid-range phone on slow 4G loads them for the first time, median of five, held to what we promise."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.running import chromium, saili

PROGRAM = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
RUNS = 5
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}
MOST_LCP, MOST_SHIFT = 1_800, 0.02


def judge(address: str, tries: int = 3) -> dict[str, Any]:
    """One run of Lighthouse with its usual phone: four times slower, 1.6 Mbit/s, 150 ms away. Tried again when its trace was lost."""
    node = ["node", str(PROGRAM), address, "--quiet", "--output=json", f"--chrome-flags={CHROME}"]
    ran = subprocess.run(
        [*node, f"--only-categories={','.join(LEAST)}"], check=False, capture_output=True, env={**os.environ, "CHROME_PATH": chromium()}
    )
    if ran.returncode and tries > 1:
        return judge(address, tries - 1)
    if ran.returncode:
        raise SystemExit(ran.stderr.decode())
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def figures(runs: list[dict[str, Any]]) -> dict[str, float]:
    scores = {name: median(run["categories"][name]["score"] * 100 for run in runs) for name in LEAST}
    lcp = median(run["audits"]["largest-contentful-paint"]["numericValue"] for run in runs)
    shift = median(run["audits"]["cumulative-layout-shift"]["numericValue"] for run in runs)
    weight = median(run["audits"]["total-byte-weight"]["numericValue"] for run in runs)
    return {**scores, "LCP ms": lcp, "layout shift": shift, "kB": weight / 1000}


def faults(runs: list[dict[str, Any]]) -> list[str]:
    """What keeps a page from a full mark, speed aside."""
    worst = runs[0]
    weighed = {ref["id"] for name, one in worst["categories"].items() if name != "performance" for ref in one["auditRefs"] if ref["weight"]}
    return [f"{key}: {worst['audits'][key]['title']}" for key in sorted(weighed) if worst["audits"][key]["score"] not in (None, 1)]


def holds(found: dict[str, float]) -> bool:
    return all(found[name] >= least for name, least in LEAST.items()) and found["LCP ms"] <= MOST_LCP and found["layout shift"] < MOST_SHIFT


def main() -> int:
    good = True
    with saili() as address:
        event = httpx.get(f"{address}/api/v1/events", params={"registration": "open", "limit": 1}).json()["items"][0]["id"]
        for name, path in {"month": "/calendar", "event": f"/events/{event}", "subscribe": "/subscribe"}.items():
            runs = [judge(address + path) for _ in range(RUNS)]
            found = figures(runs)
            good = good and holds(found)
            print(f"{name:10}", *(f"{what} {value:.3g}" for what, value in found.items()), "ok" if holds(found) else "below", flush=True)
            for fault in faults(runs):
                print(f"           {fault}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
