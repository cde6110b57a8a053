-- Local days, each six hours, in a zone west of Greenwich.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'America/Los_Angeles';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `price` DOUBLE,
  `cost` DECIMAL(10, 2),
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT window_start, window_end, COUNT(*) AS n, SUM(cost) AS total, AVG(price) AS mean
FROM HOP(DATA => TABLE events, TIMECOL => DESCRIPTOR(event_time), SLIDE => INTERVAL '6' HOUR, SIZE => INTERVAL '1' DAY)
GROUP BY window_start, window_end;
