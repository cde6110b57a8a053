#!/usr/bin/env python3
"""The same result as SQL, as a second opinion: python3 expected_duckdb.py FOLDER | diff - expected.jsonl

Needs the duckdb package. SQL over a table knows no late rows, so FOLDER must hold data without them:
node generate.mjs --no-late --out FOLDER && python3 expected.py FOLDER
"""
import sys
from pathlib import Path

import duckdb

QUERY = """
WITH events AS (
  SELECT * FROM read_json($events, format = 'newline_delimited',
    columns = {ts: 'BIGINT', deviceId: 'VARCHAR', localId: 'VARCHAR', event: 'VARCHAR'})
), localities AS (
  SELECT * FROM read_csv($localities, header = false, delim = ',', quote = '"', escape = '"',
    columns = {localId: 'VARCHAR', province: 'VARCHAR', city: 'VARCHAR', county: 'VARCHAR'})
), per_minute AS (
  SELECT ts // 60000 * 60000 AS window_start, province, city, county,
    count(*) AS pv,
    count(DISTINCT deviceId) AS uv,
    count(*) FILTER (WHERE event = 'click') AS clicks,
    count(*) FILTER (WHERE event = 'exposure') AS exposures,
    count(*) FILTER (WHERE event = 'delivery') AS deliveries
  FROM events LEFT JOIN localities USING (localId)
  WHERE event IN ('exposure', 'click', 'delivery', 'view')
  GROUP BY ALL
)
SELECT CAST(to_json({
  window_start: strftime(make_timestamp(window_start * 1000), '%Y-%m-%d %H:%M:%S'),
  window_end: strftime(make_timestamp((window_start + 60000) * 1000), '%Y-%m-%d %H:%M:%S'),
  province: province, city: city, county: county,
  pv: pv, uv: uv, clicks: clicks, exposures: exposures, deliveries: deliveries
}) AS VARCHAR)
FROM per_minute
"""

folder = Path(sys.argv[1])
files = {"events": str(folder / "events.jsonl"), "localities": str(folder / "localities.csv")}
rows = [row.encode("utf-8") for (row,) in duckdb.execute(QUERY, files).fetchall()]
for row in sorted(rows):
    sys.stdout.buffer.write(row + b"\n")
