-- A local day, refreshed before it ends.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'Asia/Shanghai';
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '1 ms';

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

SELECT TUMBLE_START(event_time, INTERVAL '1' DAY) AS window_start, TUMBLE_END(event_time, INTERVAL '1' DAY) AS window_end, COUNT(*) AS n, COUNT(DISTINCT id) AS ids, MAX(amount) AS `most`
FROM events
GROUP BY TUMBLE(event_time, INTERVAL '1' DAY);
