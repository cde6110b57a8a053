-- Sliding windows over what was joined.
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

WITH joined AS (
  SELECT web.id AS click_id, app.event_time AS buy_time, app.amount
  FROM web JOIN app
  ON web.id = app.id AND app.event_time BETWEEN web.event_time - INTERVAL '30' SECOND AND web.event_time + INTERVAL '30' SECOND
)
SELECT window_start, window_end, click_id, COUNT(*) AS n, SUM(amount) AS total
FROM HOP(DATA => TABLE joined, TIMECOL => DESCRIPTOR(buy_time), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '2' MINUTE)
GROUP BY window_start, window_end, click_id;
