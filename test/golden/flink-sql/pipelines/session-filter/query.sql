-- Sessions of two columns, with distinct values and filters.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `kind` STRING,
  `amount` INT,
  `price` DOUBLE,
  `flag` BOOLEAN,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, id, flag, COUNT(DISTINCT kind) AS kinds, SUM(price) FILTER (WHERE kind = 'buy') AS spent, AVG(amount) AS mean
FROM SESSION(DATA => TABLE events PARTITION BY (id, flag), TIMECOL => DESCRIPTOR(event_time), GAP => INTERVAL '30' SECOND)
GROUP BY window_start, window_end, id, flag;
