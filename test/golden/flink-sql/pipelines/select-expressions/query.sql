-- Expressions over every type.
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '1';
SET 'pipeline.auto-watermark-interval' = '0 ms';
SET 'table.local-time-zone' = 'Asia/Shanghai';

CREATE TEMPORARY TABLE events (
  `ts` BIGINT,
  `id` STRING,
  `kind` STRING,
  `amount` INT,
  `big` BIGINT,
  `price` DOUBLE,
  `cost` DECIMAL(10, 2),
  `flag` BOOLEAN,
  `day` DATE,
  event_time AS TO_TIMESTAMP_LTZ(ts, 3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{folder}/input.jsonl',
  'format' = 'json'
);

SELECT id, CHAR_LENGTH(id) AS letters, UPPER(kind) AS loud, amount * 2 AS twice, CAST(amount AS BIGINT) * 2 AS wide, big + 1 AS next_big, price / 2 AS half, cost * 100 AS cents, NOT flag AS is_not, `day` + INTERVAL '1' DAY AS tomorrow, DATE_FORMAT(event_time, 'HH:mm:ss') AS `at`
FROM events;
