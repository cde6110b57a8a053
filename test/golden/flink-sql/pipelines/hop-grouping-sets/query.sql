-- Sliding windows of two grouping sets.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `kind` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, id, kind, COUNT(*) AS n, AVG(amount) AS mean
FROM HOP(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SLIDE => INTERVAL '2' MINUTE, SIZE => INTERVAL '4' MINUTE)
GROUP BY window_start, window_end, GROUPING SETS ((id), (kind));
