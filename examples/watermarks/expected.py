#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads the data with the standard library only, one row at a time, and prints the result rows sorted
by their bytes. Rules: the watermark of the phones is their highest event time so far minus 10 s; a
row is late for its minute when the watermark before it has reached the minute's last millisecond.
No row of both sources together is late, whoever is read first, when what was sent again is left out.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

DELAY_MS = 10_000
MINUTE = 60_000
HERE = Path(__file__).parent


def shown(epoch_ms, zone=""):
    moment = datetime.fromtimestamp(epoch_ms // 1000, timezone.utc)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    rest = epoch_ms % 1000
    return text + ("" if rest == 0 else "." + f"{rest:03d}".rstrip("0")) + zone


def read(name):
    with open(HERE / "data" / name, encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


def minutes(rows, sink):
    groups = {}
    for row in rows:
        start = row["ts"] - row["ts"] % MINUTE
        groups.setdefault((start, row["place"]), []).append(row["amount"])
    return [
        {
            "window_start": shown(start),
            "window_end": shown(start + MINUTE),
            "place": place,
            "n": len(amounts),
            "total": sum(amounts),
            "sink": sink,
        }
        for (start, place), amounts in groups.items()
    ]


def main():
    meters, phones = read("meters.jsonl"), read("phones.jsonl")
    in_time, late = [], []
    watermark = float("-inf")
    for row in phones:
        ts = row["ts"]
        if watermark >= ts - ts % MINUTE + MINUTE - 1:
            shown_watermark = shown(watermark, "Z")
            late.append(
                {"ts": ts, "place": row["place"], "watermark": shown_watermark, "sink": "late_out"}
            )
        else:
            in_time.append(row)
        watermark = max(watermark, ts - DELAY_MS)
    first_sent = [row for row in phones if not row["resent"]]
    results = minutes(in_time, "phones_out") + late + minutes(meters + first_sent, "all_out")
    lines = [json.dumps(result, separators=(",", ":")) for result in results]
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
