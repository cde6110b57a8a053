-- Least and greatest date and point in time.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  `day` DATE,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, kind, MIN(`day`) AS first_day, MAX(`day`) AS last_day, MIN(event_time) AS first_time, MAX(event_time) AS last_time
FROM TUMBLE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '3' MINUTE)
GROUP BY window_start, window_end, kind;
