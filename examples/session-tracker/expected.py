#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/events.jsonl with the standard library only and prints the result rows sorted by their
bytes. Rules: the watermark is the highest event time so far minus 25 s; a session takes in events
of its user up to 30 minutes before its first and after its last one, and is over when the watermark
has come to 30 minutes after the last; an event that no open session takes in, and whose own session
would be over, is missed. An hour counts the sessions that were over in it.
"""
import json
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

DELAY_MS = 25_000
TIMEOUT_MS = 30 * 60_000
HOUR_MS = 3_600_000


def shown(epoch_ms, zone):
    moment = datetime.fromtimestamp(epoch_ms // 1000, timezone.utc)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    rest = epoch_ms % 1000
    return (text if rest == 0 else text + "." + f"{rest:03d}".rstrip("0")) + zone


def main():
    path = Path(__file__).parent / "data" / "events.jsonl"
    events = [json.loads(line) for line in path.read_text().splitlines()]
    open_sessions = []  # (user, [times], Counter)
    over, missed = [], []
    watermark = float("-inf")
    for event in events:
        at, user = event["ts"], event["userId"]
        for session in [s for s in open_sessions if max(s[1]) + TIMEOUT_MS <= watermark]:
            open_sessions.remove(session)
            over.append(session)
        near = [
            s
            for s in open_sessions
            if s[0] == user and min(s[1]) - TIMEOUT_MS <= at <= max(s[1]) + TIMEOUT_MS
        ]
        if not near and at + TIMEOUT_MS <= watermark:
            missed.append(event)
        else:
            times, types = [at], Counter([event["type"]])
            for session in near:
                open_sessions.remove(session)
                times += session[1]
                types += session[2]
            open_sessions.append((user, times, types))
        watermark = max(watermark, at - DELAY_MS)
    over += open_sessions
    rows = []
    hours = {}
    for user, times, types in over:
        end = max(times) + TIMEOUT_MS
        hours.setdefault(end - end % HOUR_MS, []).append(len(times))
        rows.append(
            {
                "userId": user,
                "session_start": shown(min(times), "Z"),
                "session_end": shown(max(times), "Z"),
                "events": len(times),
                "types": {name: types[name] for name in sorted(types)},
                "event_time": shown(end, "Z"),
                "sink": "result",
            }
        )
    for start, counts in hours.items():
        rows.append(
            {
                "window_start": shown(start, ""),
                "window_end": shown(start + HOUR_MS, ""),
                "sessions": len(counts),
                "longest": max(counts),
                "sink": "hours",
            }
        )
    for event in missed:
        rows.append(
            {
                "userId": event["userId"],
                "type": event["type"],
                "ts": event["ts"],
                "sink": "too_late",
            }
        )
    lines = (json.dumps(row, separators=(",", ":")) for row in rows)
    print("\n".join(sorted(lines, key=lambda line: line.encode())))


main()
