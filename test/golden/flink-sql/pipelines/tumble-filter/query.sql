-- Aggregates that take some rows only.
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

SELECT window_start, window_end, id,
  COUNT(*) FILTER (WHERE kind = 'click') AS clicks,
  SUM(amount) FILTER (WHERE kind = 'buy' AND amount > 1) AS spent,
  COUNT(DISTINCT kind) FILTER (WHERE amount > 2) AS kinds,
  MAX(amount) FILTER (WHERE amount > 2147483646) AS nothing
FROM TUMBLE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '2' MINUTE)
GROUP BY window_start, window_end, id;
