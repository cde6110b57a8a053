"""What the changes of the example must leave: python3 expected.py > expected.jsonl"""
import json
from pathlib import Path

users = {}
for line in (Path(__file__).parent / "data" / "visits.jsonl").read_text().splitlines():
    visit = json.loads(line)
    user = users.setdefault(visit["userId"], {"visits": 0, "pages": set(), "seconds": 0})
    user["visits"] += 1
    user["pages"].add(visit["page"])
    user["seconds"] += visit["seconds"]
    user["last_page"] = visit["page"]

busy = {}
for user in users.values():
    group = busy.setdefault(user["visits"], {"users": 0, "longest": 0})
    group["users"] += 1
    group["longest"] = max(group["longest"], user["seconds"])

rows = [
    {"userId": name, "visits": user["visits"], "pages": len(user["pages"]),
     "seconds": user["seconds"], "last_page": user["last_page"], "sink": "users"}
    for name, user in users.items()
] + [{"visits": visits, **group, "sink": "visitors"} for visits, group in busy.items()]
for line in sorted(json.dumps(row, separators=(",", ":")) for row in rows):
    print(line)
