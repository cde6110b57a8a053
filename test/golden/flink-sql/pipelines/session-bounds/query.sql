-- Distances of exactly the gap, of one millisecond less, and a row that joins two sessions.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, id, COUNT(*) AS n
FROM SESSION(DATA => TABLE events PARTITION BY id, TIMECOL => DESCRIPTOR(event_time), GAP => INTERVAL '10' SECOND)
GROUP BY window_start, window_end, id;
