-- The two busiest ids of each window.
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

SELECT window_start, window_end, id, n, total, place
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, id ASC) AS place
  FROM (
    SELECT window_start, window_end, id, COUNT(*) AS n, SUM(amount) AS total
    FROM TUMBLE(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '2' MINUTE)
    GROUP BY window_start, window_end, id
  )
)
WHERE place <= 2;
