-- What was looked up is rolled up by window.
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

CREATE TEMPORARY TABLE places (
  place STRING,
  city STRING,
  inhabitants BIGINT,
  vt AS TO_TIMESTAMP_LTZ(0, 3),
  WATERMARK FOR vt AS vt,
  PRIMARY KEY (place) NOT ENFORCED
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/places.jsonl',
  'format' = 'json'
);

WITH located AS (
  SELECT events.*, places.city
  FROM events LEFT JOIN places FOR SYSTEM_TIME AS OF events.event_time ON events.id = places.place
  WHERE amount IS NOT NULL
)
SELECT window_start, window_end, city, id, COUNT(*) AS n, COUNT(DISTINCT id) AS uv, SUM(amount) AS total
FROM TUMBLE(DATA => TABLE located, TIMECOL => DESCRIPTOR(event_time), SIZE => INTERVAL '2' MINUTE)
GROUP BY window_start, window_end, ROLLUP (city, id);
