-- Rows of two files within twenty seconds before and ten after: full join.
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

SELECT web.id AS click_id, web.ts AS click_ts, app.id AS buy_id, app.ts AS buy_ts, app.amount
FROM web FULL JOIN app
ON web.id = app.id AND app.event_time BETWEEN web.event_time - INTERVAL '20' SECOND AND web.event_time + INTERVAL '10' SECOND;
