-- Three-valued logic: a row is kept when the condition is TRUE.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `kind` STRING,
  `amount` INT,
  `flag` BOOLEAN,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT id, kind, amount, flag
FROM (SELECT * FROM events WHERE amount > 2 OR flag)
WHERE NOT (kind = 'view' AND amount < 5);
