#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/readings.jsonl with the standard library only, one row at a time, and prints the result
rows sorted by their bytes. Rules: the watermark is the highest event time so far minus 5 s; a row
counts in each of its windows whose last moment the watermark before it has not reached.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

DELAY_MS = 5_000
SECOND = 1_000
MINUTE = 60_000
HOUR = 3_600_000
NEVER = float("-inf")


def shown(epoch_ms):
    moment = datetime.fromtimestamp(epoch_ms // 1000, timezone.utc)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    rest = epoch_ms % 1000
    return text if rest == 0 else text + "." + f"{rest:03d}".rstrip("0")


def tumble(size):
    return lambda ts: [(ts - ts % size, ts - ts % size + size)]


def hop(size, slide):
    return lambda ts: [(start, start + size) for start in range(ts - ts % slide, ts - size, -slide)]


def cumulate(size, step):
    def windows(ts):
        start = ts - ts % size
        first_end = ts - ts % step + step
        return [(start, end) for end in range(first_end, start + size + 1, step)]

    return windows


def fixed(rows, windows):
    groups = {}
    for ts, sensor, amount, watermark in rows:
        for start, end in windows(ts):
            if watermark < end - 1:
                groups.setdefault((start, end, sensor), []).append(amount)
    return groups


def sessions(rows, gap):
    groups = {}
    open_sessions = []
    for ts, sensor, amount, watermark in rows:
        for session in [each for each in open_sessions if each["end"] - 1 <= watermark]:
            open_sessions.remove(session)
            groups[(session["start"], session["end"], session["sensor"])] = session["amounts"]
        own = {"start": ts, "end": ts + gap, "sensor": sensor, "amounts": [amount]}
        joined = [
            each
            for each in open_sessions
            if each["sensor"] == sensor and each["start"] <= own["end"] and each["end"] >= ts
        ]
        if not joined and own["end"] - 1 <= watermark:
            continue
        for session in joined:
            open_sessions.remove(session)
            own["start"] = min(own["start"], session["start"])
            own["end"] = max(own["end"], session["end"])
            own["amounts"] = session["amounts"] + own["amounts"]
        open_sessions.append(own)
    for session in open_sessions:
        groups[(session["start"], session["end"], session["sensor"])] = session["amounts"]
    return groups


def main():
    rows = []
    watermark = NEVER
    with open(Path(__file__).parent / "data" / "readings.jsonl", encoding="utf-8") as readings:
        for line in readings:
            reading = json.loads(line)
            rows.append((reading["ts"], reading["sensor"], reading["amount"], watermark))
            watermark = max(watermark, reading["ts"] - DELAY_MS)
    sinks = {
        "one_minute_out": fixed(rows, tumble(MINUTE)),
        "five_minutes_out": fixed(rows, tumble(5 * MINUTE)),
        "sliding_out": fixed(rows, hop(MINUTE, 30 * SECOND)),
        "so_far_out": fixed(rows, cumulate(HOUR, MINUTE)),
        "bursts_out": sessions(rows, 20 * SECOND),
    }
    lines = []
    for sink, groups in sinks.items():
        for (start, end, sensor), amounts in groups.items():
            row = {
                "window_start": shown(start),
                "window_end": shown(end),
                "sensor": sensor,
                "n": len(amounts),
                "total": sum(amounts),
                "lowest": min(amounts),
                "highest": max(amounts),
                "sink": sink,
            }
            lines.append(json.dumps(row, separators=(",", ":")))
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
