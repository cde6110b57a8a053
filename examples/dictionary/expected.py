#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/exposures.jsonl with the standard library only, one row at a time, and prints the result
rows sorted by their bytes. No row is late.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

MINUTE = 60_000
HOUR = 3_600_000


def shown(epoch_ms):
    return datetime.fromtimestamp(epoch_ms // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def bounds(ts, size):
    start = ts - ts % size
    return {"window_start": shown(start), "window_end": shown(start + size)}


def main():
    numbers = {}
    minutes = {}
    names = {}
    with open(Path(__file__).parent / "data" / "exposures.jsonl", encoding="utf-8") as exposures:
        for line in exposures:
            row = json.loads(line)
            ts, device_id = row["ts"], row["deviceId"]
            if device_id is not None and device_id not in numbers:
                numbers[device_id] = len(numbers)
            device = numbers.get(device_id)
            minutes.setdefault((ts // MINUTE, row["page"]), []).append(device)
            if device is not None:
                names.setdefault((ts // HOUR, device), device_id)
    rows = []
    for (minute, page), devices in minutes.items():
        known = [device for device in devices if device is not None]
        rows.append(
            bounds(minute * MINUTE, MINUTE)
            | {"page": page, "exposures": len(devices), "uv": len(set(known)), "newest": max(known)}
            | {"sink": "minutes_out"}
        )
    for (hour, device), device_id in names.items():
        row = {"device": device, "deviceId": device_id, "sink": "names_out"}
        rows.append(bounds(hour * HOUR, HOUR) | row)
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
