-- A window over two files.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE web (
  `ts` BIGINT,
  `id` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/web.jsonl',
  'format' = 'json'
);

CREATE TEMPORARY TABLE app (
  `ts` BIGINT,
  `id` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/app.jsonl',
  'format' = 'json'
);

WITH `both` AS (SELECT * FROM web UNION ALL SELECT * FROM app)
SELECT window_start, window_end, id, COUNT(*) AS n, SUM(amount) AS total
FROM TUMBLE(DATA => TABLE `both`, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '1' MINUTE)
GROUP BY window_start, window_end, id;
