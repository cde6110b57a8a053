-- Distinct values so far; late rows count from the next step on.
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

SELECT window_start, window_end, COUNT(DISTINCT id) AS ids, SUM(DISTINCT amount) AS amounts, COUNT(*) FILTER (WHERE amount > 2) AS n
FROM CUMULATE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), STEP => INTERVAL '30' SECOND, SIZE => INTERVAL '4' MINUTE)
GROUP BY window_start, window_end;
