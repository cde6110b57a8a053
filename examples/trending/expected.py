#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/posts.jsonl with the standard library only, one row at a time, and prints, sorted by their
bytes, the rows that are there in the end: for the sinks whose rows are corrected those that were not
taken back. Rules: the watermark is the highest event time so far minus 5 s; a row is late for a
minute whose last moment the watermark before it has reached; NULL is a province like any other.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

DELAY_MS = 5_000
MINUTE = 60_000


def shown(epoch_ms):
    return datetime.fromtimestamp(epoch_ms // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def ranked(counts):
    return sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))


seen = set()
so_far, minutes, latest = {}, {}, {}
watermark = float("-inf")
for line in (Path(__file__).parent / "data" / "posts.jsonl").read_text("utf-8").splitlines():
    post = json.loads(line)
    ts, province, tag = post["ts"], post["province"], post["tag"]
    if post["postId"] not in seen:
        seen.add(post["postId"])
        counts = so_far.setdefault(province, {})
        counts[tag] = counts.get(tag, 0) + 1
        end = ts - ts % MINUTE + MINUTE
        if watermark < end - 1:
            counts = minutes.setdefault((end, province), {})
            counts[tag] = counts.get(tag, 0) + 1
        if province not in latest or latest[province]["ts"] <= ts:
            latest[province] = post
    watermark = max(watermark, ts - DELAY_MS)

rows = []
for province, counts in so_far.items():
    for place, (tag, n) in enumerate(ranked(counts)[:3], 1):
        row = {"province": province, "place": place, "tag": tag, "n": n}
        rows.append({**row, "sink": "trending_now"})
for (end, province), counts in minutes.items():
    tag, n = ranked(counts)[0]
    bounds = {"window_start": shown(end - MINUTE), "window_end": shown(end)}
    rows.append({**bounds, "province": province, "tag": tag, "n": n, "sink": "minutes"})
for province, post in latest.items():
    row = {"province": province, "postId": post["postId"], "tag": post["tag"]}
    rows.append({**row, "sink": "latest_posts"})

for line in sorted(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows):
    sys.stdout.buffer.write(line + b"\n")
