-- Hours of a zone five and a half hours ahead.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'Asia/Kolkata';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `kind` STRING,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

-- Not as a window TVF, which loses rows here (FLINK-38075).
SELECT TUMBLE_START(event_time, INTERVAL '1' HOUR) AS window_start, TUMBLE_END(event_time, INTERVAL '1' HOUR) AS window_end, kind, COUNT(*) AS n
FROM events
GROUP BY kind, TUMBLE(event_time, INTERVAL '1' HOUR);
