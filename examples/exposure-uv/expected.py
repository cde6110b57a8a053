#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py [FOLDER] > expected.jsonl

Reads FOLDER/events.jsonl and FOLDER/localities.csv (default: data beside this file) with the
standard library only, one row at a time, and prints the result rows sorted by their bytes.
What it counted goes to standard error.

The rules it follows:
- the watermark is the highest event time so far minus 25 s, whatever the event type;
- a row is late when the watermark before it is at or past the end of its minute minus 1 ms;
  late rows are dropped, the others count for the minute of their event time;
- an id that the table does not have keeps its row, with no province, city and county;
- a row counts only when its event is one of the four types, and a device only when it is known.
"""
import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

DELAY_MS = 25_000
MINUTE_MS = 60_000
COUNTED = ("exposure", "click", "delivery", "view")
NOWHERE = (None, None, None)


def read_places(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {local_id: (province, city, county) for local_id, province, city, county in csv.reader(file)}


def shown(epoch_ms):
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=epoch_ms)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data"
    places = read_places(folder / "localities.csv")
    groups = {}
    watermark = None
    counts = {"rows": 0, "otherTypes": 0, "late": 0, "unknownLocalIds": 0, "groups": 0}

    with open(folder / "events.jsonl", encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            counts["rows"] += 1
            ts = event["ts"]
            before = watermark
            watermark = ts - DELAY_MS if before is None else max(before, ts - DELAY_MS)
            kind = event.get("event")
            if kind not in COUNTED:
                counts["otherTypes"] += 1
                continue
            start = ts - ts % MINUTE_MS
            if before is not None and before >= start + MINUTE_MS - 1:
                counts["late"] += 1
                continue
            place = places.get(event.get("localId"), NOWHERE)
            if place is NOWHERE:
                counts["unknownLocalIds"] += 1
            group = groups.setdefault(
                (start, place), {"pv": 0, "devices": set(), "clicks": 0, "exposures": 0, "deliveries": 0}
            )
            group["pv"] += 1
            if event.get("deviceId") is not None:
                group["devices"].add(event["deviceId"])
            group["clicks"] += kind == "click"
            group["exposures"] += kind == "exposure"
            group["deliveries"] += kind == "delivery"

    rows = []
    for (start, (province, city, county)), group in groups.items():
        row = {
            "window_start": shown(start),
            "window_end": shown(start + MINUTE_MS),
            "province": province,
            "city": city,
            "county": county,
            "pv": group["pv"],
            "uv": len(group["devices"]),
            "clicks": group["clicks"],
            "exposures": group["exposures"],
            "deliveries": group["deliveries"],
        }
        rows.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
    counts["groups"] = len(rows)
    for row in sorted(rows):
        sys.stdout.buffer.write(row + b"\n")
    print(json.dumps(counts), file=sys.stderr)


main()
