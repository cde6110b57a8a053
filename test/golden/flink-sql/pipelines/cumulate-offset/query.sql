-- Cumulating windows that begin at half past.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  `big` BIGINT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, kind, COUNT(*) AS n, MIN(big) AS least, MAX(big) AS most
FROM CUMULATE(TABLE events, DESCRIPTOR(event_time), INTERVAL '2' MINUTE, INTERVAL '4' MINUTE, INTERVAL '1' MINUTE)
GROUP BY window_start, window_end, kind;
