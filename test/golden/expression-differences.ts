/** Expressions that drey answers differently from Flink 2.3.0 on purpose, with the reason. */

const byReason: Readonly<Record<string, readonly string[]>> = {
  'Flink compares a BOOLEAN with a text as texts that never match; drey refuses it.': [
    "'true' = TRUE",
    "'yes' = TRUE",
    's = TRUE',
    "b = 'true'",
    "b = 'TRUE'",
    "b > 'a'",
  ],
  'Flink’s planner accepts it and its code generator refuses it; drey refuses it at once.': [
    'i = s',
    's = i',
    's = 5.5',
    "CASE i WHEN '1' THEN 'a' END",
    'NULLIF(i, s)',
    'i IS DISTINCT FROM s',
    '(1,2) < (1,3)',
    'CAST(TO_TIMESTAMP_LTZ(1700000000, 0) AS BIGINT)',
    "CAST(ROW(1,'a',NULL) AS STRING)",
  ],
  'Flink’s planner folds constants as exact decimals; drey as the types say, like Flink on rows.': [
    'CAST(1.1 AS FLOAT) = 1.1',
    'COALESCE(CAST(0.1 AS FLOAT), CAST(0.2 AS DOUBLE))',
    'CAST(9007199254740993 AS BIGINT) = CAST(9007199254740992 AS DOUBLE)',
    'CAST(CAST(0.1 AS FLOAT) AS DOUBLE)',
    'CAST(-0.0e0 AS STRING)',
    "CAST('3.4028236e38' AS FLOAT)",
    '5e0 / 0',
    '0e0 / 0',
  ],
  'Java 17 writes some doubles with more digits than needed; drey writes the shortest.': [
    'CAST(CAST(1.17549435e-38 AS FLOAT) AS STRING)',
    'CAST(2.0e23 AS STRING)',
    'CAST(4.9e-324 AS STRING)',
  ],
  'The last bit of a trigonometric or hyperbolic function differs between mathematical libraries.': ['COSH(1)'],
  'COALESCE, IFNULL and NULLIF are lazy in drey; Flink evaluates every operand.': [
    'COALESCE(i, CAST(s AS INT))',
    'IFNULL(i, CAST(s AS INT))',
  ],
  'Flink gives NULL for a text column that is no date and fails for a literal; drey fails.': [
    'dt = s',
  ],
  'Flink shows a value for the NULL of an element that is declared NOT NULL.': [
    'ARRAY[1,2][3]',
    "MAP['a',1]['b']",
  ],
  'ELEMENT of an empty array is NULL, so its type is nullable.': [
    'ELEMENT(ARRAY[1])',
    'ELEMENT(ARRAY[1,2])',
  ],
  'Flink cuts a collected CHAR(n) to the length of the operand.': [
    "UPPER('straße é')",
    "LOWER('ÉA İ')",
  ],
  'A wrong literal pattern is refused when the expression is checked.': ["'abc' SIMILAR TO '(('"],
  'Intervals are shown as a Java Duration.': ["INTERVAL '10' DAY + INTERVAL '1:30' HOUR TO MINUTE"],
  'The empty text has a type in drey; Flink has no text for it.': ["''"],
  'Not supported: unicode escapes, character sets, hexadecimal floating point.': [
    "_UTF16'abc'",
    "U&'\\00e9'",
    "CAST(U&'\\0665' AS INT)",
    "U&'\\FFFF' < '😀'",
    "U&'a\\000Ab' LIKE 'a%b'",
    "U&'a\\000Ab' LIKE 'a_b'",
    "CAST('0x1p3' AS DOUBLE)",
  ],
  'Not supported: a difference of times as an interval; TIMESTAMPDIFF does the same.': [
    '(ts3 - ts3) DAY',
  ],
  'Not supported: forms that are hardly used.': [
    "INSTR(s, 'a', 1)",
    'PI',
    'RAND(1)',
    'RAND_INTEGER(1, 10)',
    'TO_TIMESTAMP_LTZ(l, i)',
    'IS_ALPHA(i)',
  ],
  'Not supported: functions that drey does not list.': [
    "PRINTF('%s', s)",
    'ARRAY_EXCEPT(ai, ai)',
    'ARRAY_EXCEPT(ARRAY[1,2,2], ARRAY[1])',
    'MAP_UNION(m, m)',
    "MAP_UNION(MAP['a',1], MAP['a',2,'b',3])",
    'TYPEOF(i)',
    'TYPEOF(1)',
    'TYPEOF(CAST(1 AS DECIMAL(10,2)))',
  ],
};

/** Expression -> why it differs. */
export const differences: ReadonlyMap<string, string> = new Map(
  Object.entries(byReason).flatMap(([reason, texts]) => texts.map((text) => [text, reason])),
);
