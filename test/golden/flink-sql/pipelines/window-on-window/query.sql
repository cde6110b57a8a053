-- Minutes, and of these the greatest of five.
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

WITH minutes AS (
  SELECT window_start AS s, window_end AS e, window_time AS rt, id, COUNT(*) AS n, SUM(amount) AS total
  FROM TUMBLE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '1' MINUTE)
  GROUP BY window_start, window_end, window_time, id
)
SELECT window_start, window_end, id, MAX(n) AS `most`, SUM(total) AS total, COUNT(*) AS minutes
FROM TUMBLE(DATA => TABLE minutes, TIMECOL => DESCRIPTOR(rt), SIZE => INTERVAL '5' MINUTE)
GROUP BY window_start, window_end, id;
