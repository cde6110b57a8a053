-- Rows of an id that follow each other within twenty seconds.
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

SELECT window_start, window_end, id, COUNT(*) AS n, SUM(amount) AS total, MIN(amount) AS least, MAX(amount) AS most
FROM SESSION(DATA => TABLE events PARTITION BY id, TIMECOL => DESCRIPTOR(event_time), GAP => INTERVAL '20' SECOND)
GROUP BY window_start, window_end, id;
