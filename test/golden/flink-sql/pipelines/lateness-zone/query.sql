-- Late rows correct local hours.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'Asia/Kolkata';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SET 'table.exec.emit.allow-lateness' = '1 h';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `cost` DECIMAL(10, 2),
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT TUMBLE_START(event_time, INTERVAL '1' HOUR) AS window_start, TUMBLE_END(event_time, INTERVAL '1' HOUR) AS window_end, COUNT(*) AS n, SUM(cost) AS total
FROM events
GROUP BY TUMBLE(event_time, INTERVAL '1' HOUR);
