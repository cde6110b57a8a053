#!/usr/bin/env python3
"""What the example must give, computed without drey: python3 expected.py > expected.jsonl

Reads data/orders.jsonl with the standard library only, and prints the result rows sorted by their
bytes. No row is late. A risk is (number of the customer * 37 mod 100) / 100; customers from c35 on
are not known.
"""
import json
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

MINUTE = 60_000


def shown(epoch_ms):
    return datetime.fromtimestamp(epoch_ms // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def main():
    minutes = {}
    lines = []
    with open(Path(__file__).parent / "data" / "orders.jsonl", encoding="utf-8") as orders:
        for line in orders:
            order = json.loads(line, parse_float=Decimal)
            number = int(order["customer"][1:])
            if order["amount"] <= 10 or number >= 35:
                continue
            risk = number * 37 % 100 / 100
            is_risky = risk * float(order["amount"]) > 200
            minutes.setdefault(order["ts"] // MINUTE, []).append((order["customer"], is_risky))
            if is_risky:
                amount = f"{Decimal(order['amount']):.2f}"
                lines.append(
                    f'{{"id":{order["id"]},"customer":"{order["customer"]}","amount":{amount},'
                    f'"risk":{risk},"sink":"risky_out"}}'
                )
    for minute, orders in minutes.items():
        row = {
            "window_start": shown(minute * MINUTE),
            "window_end": shown((minute + 1) * MINUTE),
            "orders": len(orders),
            "risky": sum(is_risky for _customer, is_risky in orders),
            "customers": len({customer for customer, _is_risky in orders}),
            "sink": "minutes_out",
        }
        lines.append(json.dumps(row, separators=(",", ":")))
    lines.sort(key=lambda line: line.encode())
    sys.stdout.write("".join(line + "\n" for line in lines))


main()
