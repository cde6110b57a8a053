#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/exposures.jsonl with the standard library only, one row at a time, and prints the result
rows sorted by their bytes. No row is late. A device belongs to one of 128 key groups by the Murmur3
hash of its name; the nth device of a group g, from 0 on, has the number n * 128 + g.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

MINUTE = 60_000
HOUR = 3_600_000
KEY_GROUPS = 128
MASK = 0xFFFFFFFF


def rotated(word, bits):
    return (word << bits | word >> (32 - bits)) & MASK


def mixed(word):
    return rotated(word * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK


def murmur3(key):
    """32 bits, seed 0, of bytes."""
    value = 0
    whole = len(key) // 4 * 4
    for at in range(0, whole, 4):
        value ^= mixed(int.from_bytes(key[at : at + 4], "little"))
        value = (rotated(value, 13) * 5 + 0xE6546B64) & MASK
    if whole < len(key):
        value ^= mixed(int.from_bytes(key[whole:], "little"))
    value ^= len(key)
    value = (value ^ value >> 16) * 0x85EBCA6B & MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & MASK
    return value ^ value >> 16


def shown(epoch_ms):
    return datetime.fromtimestamp(epoch_ms // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def bounds(ts, size):
    start = ts - ts % size
    return {"window_start": shown(start), "window_end": shown(start + size)}


def main():
    numbers = {}
    given = [0] * KEY_GROUPS
    minutes = {}
    names = {}
    with open(Path(__file__).parent / "data" / "exposures.jsonl", encoding="utf-8") as exposures:
        for line in exposures:
            row = json.loads(line)
            ts, device_id = row["ts"], row["deviceId"]
            if device_id is not None and device_id not in numbers:
                group = murmur3(device_id.encode()) % KEY_GROUPS
                numbers[device_id] = given[group] * KEY_GROUPS + group
                given[group] += 1
            device = numbers.get(device_id)
            minutes.setdefault((ts // MINUTE, row["page"]), []).append(device)
            if device is not None:
                names.setdefault((ts // HOUR, device), device_id)
    rows = []
    for (minute, page), devices in minutes.items():
        known = [device for device in devices if device is not None]
        rows.append(
            bounds(minute * MINUTE, MINUTE)
            | {"page": page, "exposures": len(devices), "uv": len(set(known))}
            | {"sink": "minutes_out"}
        )
    for (hour, device), device_id in names.items():
        row = {"device": device, "deviceId": device_id, "sink": "names_out"}
        rows.append(bounds(hour * HOUR, HOUR) | row)
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
