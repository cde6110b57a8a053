"""The UV query in DuckDB on one thread: python3 uv-duckdb.py FILE > rows.jsonl

Prints the result rows as drey does; totals and CPU seconds go to standard error as JSON.
"""
import json
import resource
import sys

import duckdb

QUERY = """
COPY (
  SELECT
    strftime(make_timestamp(minute * 60000000), '%Y-%m-%d %H:%M:%S') AS window_start,
    strftime(make_timestamp((minute + 1) * 60000000), '%Y-%m-%d %H:%M:%S') AS window_end,
    area, pv, uv, clicks, exposures
  FROM (
    SELECT ts // 60000 AS minute, substr(localId, 1, 6) AS area,
      count(*) AS pv,
      count(DISTINCT deviceId) AS uv,
      count(*) FILTER (WHERE event = 'click') AS clicks,
      count(*) FILTER (WHERE event = 'exposure') AS exposures
    FROM read_json('{file}', format = 'newline_delimited',
      columns = {{ts: 'BIGINT', deviceId: 'VARCHAR', localId: 'VARCHAR', event: 'VARCHAR'}})
    GROUP BY ALL
  )
) TO '/dev/stdout' (FORMAT json)
"""

file = sys.argv[1].replace("'", "''")
connection = duckdb.connect(config={"threads": 1})
connection.execute(QUERY.format(file=file))
used = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps({"duckdb": duckdb.__version__, "cpuSeconds": round(used.ru_utime + used.ru_stime, 3)}),
    file=sys.stderr,
)
