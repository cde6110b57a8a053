-- Each aggregate without a window; what is unused for a day is forgotten.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';
SET 'table.exec.state.ttl' = '1 d';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  `amount` INT,
  `cost` DECIMAL(10, 2),
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT kind, COUNT(amount) AS n, AVG(amount) AS mean, MIN(amount) AS least, MAX(amount) AS `most`, SUM(cost) AS total FROM events GROUP BY kind;
