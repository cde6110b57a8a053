-- Days of a zone that is eight hours ahead.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'Asia/Shanghai';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `big` BIGINT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

-- Not as a window TVF, which loses rows here (FLINK-38075).
SELECT TUMBLE_START(event_time, INTERVAL '1' DAY) AS window_start, TUMBLE_END(event_time, INTERVAL '1' DAY) AS window_end, id, COUNT(*) AS n, SUM(big) AS total
FROM events
GROUP BY id, TUMBLE(event_time, INTERVAL '1' DAY);
