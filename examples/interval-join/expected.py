#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads both files whole with the standard library only and looks at every pair of an exposure and a
click. Rules: a click belongs to an exposure with its id when it comes zero to five minutes, both
included, after it; an exposure without an id has no clicks. No row is late.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

FIVE_MINUTES = 300_000
MINUTE = 60_000
DATA = Path(__file__).parent / "data"


def shown(epoch_ms, zone="Z"):
    moment = datetime.fromtimestamp(epoch_ms // 1000, timezone.utc)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    rest = epoch_ms % 1000
    fraction = "" if rest == 0 else "." + f"{rest:03d}".rstrip("0")
    return text + fraction + zone


def read(name):
    with open(DATA / f"{name}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    exposures, clicks = read("exposures"), read("clicks")
    rows = []
    minutes = {}
    for exposure in exposures:
        ts = exposure["ts"]
        minute = minutes.setdefault(ts - ts % MINUTE, {"seen": set(), "clicked": set(), "clicks": 0})
        if exposure["id"] is not None:
            minute["seen"].add(exposure["id"])
        cells = {"id": exposure["id"], "ad": exposure["ad"], "shown_at": shown(ts)}
        own = [
            click
            for click in clicks
            if exposure["id"] is not None
            and click["exposure"] == exposure["id"]
            and ts <= click["ts"] <= ts + FIVE_MINUTES
        ]
        for click in own:
            rows.append({**cells, "clicked_at": shown(click["ts"]), "sink": "matched_out"})
            minute["clicked"].add(exposure["id"])
            minute["clicks"] += 1
        if not own:
            rows.append({**cells, "sink": "unclicked_out"})
    for start, minute in minutes.items():
        rows.append(
            {
                "window_start": shown(start, ""),
                "window_end": shown(start + MINUTE, ""),
                "exposures": len(minute["seen"]),
                "clicked": len(minute["clicked"]),
                "clicks": minute["clicks"],
                "sink": "per_minute_out",
            }
        )
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
