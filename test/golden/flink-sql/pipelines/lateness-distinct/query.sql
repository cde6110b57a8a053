-- Late rows correct counts of distinct values.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'UTC';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SET 'table.exec.emit.allow-lateness' = '1 h';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `kind` STRING,
  `amount` INT,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT TUMBLE_START(event_time, INTERVAL '2' MINUTE) AS window_start, TUMBLE_END(event_time, INTERVAL '2' MINUTE) AS window_end, kind, COUNT(DISTINCT id) AS ids, MIN(amount) AS least, MAX(amount) AS `most`
FROM events
GROUP BY kind, TUMBLE(event_time, INTERVAL '2' MINUTE);
