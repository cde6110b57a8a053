-- One row for all, without a key.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';
SET 'table.exec.state.ttl' = '1 d';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `price` DOUBLE,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT COUNT(*) AS n, LAST_VALUE(id) AS last_id, FIRST_VALUE(id) AS first_id, SUM(price) AS total FROM events;
