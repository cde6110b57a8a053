-- Event time, date and timestamps as JSON writes them.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'America/New_York';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `price` DOUBLE,
  `cost` DECIMAL(10, 2),
  `day` DATE,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT id, event_time, CAST(event_time AS TIMESTAMP(3)) AS local_time, `day`, CAST(event_time AS STRING) AS as_text, cost, price
FROM events
WHERE id IN ('anna', '日本', '😀x');
