-- One group for all rows, with a condition before it.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

WITH kept AS (SELECT * FROM events WHERE kind <> 'view')
SELECT window_start, window_end, COUNT(*) AS n, MIN(amount) AS least
FROM TUMBLE(DATA => TABLE kept, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '1' MINUTE)
GROUP BY window_start, window_end;
