-- Minutes, and of these sliding windows.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

WITH minutes AS (
  SELECT window_start AS s, window_end AS e, window_time AS rt, kind, COUNT(*) AS n
  FROM TUMBLE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '1' MINUTE)
  GROUP BY window_start, window_end, window_time, kind
)
SELECT window_start, window_end, SUM(n) AS n, COUNT(DISTINCT kind) AS kinds
FROM HOP(DATA => TABLE minutes, TIMECOL => DESCRIPTOR(rt), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '3' MINUTE)
GROUP BY window_start, window_end;
