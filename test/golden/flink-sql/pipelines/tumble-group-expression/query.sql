-- A group that is computed.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

WITH computed AS (SELECT *, UPPER(SUBSTRING(id, 1, 1)) AS letter, amount > 5 AS is_large FROM events)
SELECT window_start, window_end, letter, is_large, COUNT(*) AS n
FROM TUMBLE(DATA => TABLE computed, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '1' MINUTE)
GROUP BY window_start, window_end, letter, is_large;
