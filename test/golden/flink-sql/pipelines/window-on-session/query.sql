-- Sessions, counted by the minute in which they end.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

WITH sessions AS (
  SELECT window_start AS s, window_end AS e, window_time AS rt, id, COUNT(*) AS n
  FROM SESSION(DATA => TABLE events PARTITION BY id, TIMECOL => DESCRIPTOR(event_time), GAP => INTERVAL '10' SECOND)
  GROUP BY window_start, window_end, window_time, id
)
SELECT window_start, window_end, COUNT(*) AS sessions, MAX(n) AS longest
FROM TUMBLE(DATA => TABLE sessions, TIMECOL => DESCRIPTOR(rt), SIZE => INTERVAL '2' MINUTE)
GROUP BY window_start, window_end;
