/**
 * The canonical JavaScript value of each logical type, used wherever one value at a time is
 * handled: constants, scalar evaluation, tests. The engine's columns hold the same values in
 * typed arrays (engine/batch).
 *
 * | type | value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number, an integer within its width |
 * | BIGINT | bigint within 64 bits |
 * | DECIMAL(p, s) | bigint, the unscaled value (1.50 of scale 2 is 150n) |
 * | FLOAT, DOUBLE | number (FLOAT already rounded to 32 bits) |
 * | CHAR, VARCHAR | string |
 * | BINARY, VARBINARY | Uint8Array |
 * | DATE | number, days since 1970-01-01 |
 * | TIME | number, milliseconds of the day |
 * | TIMESTAMP, TIMESTAMP_LTZ | bigint, nanoseconds since 1970-01-01 00:00:00 (local, UTC) |
 * | INTERVAL_YEAR_MONTH | number, months |
 * | INTERVAL_DAY_TIME | bigint, milliseconds |
 * | ARRAY | array of values |
 * | MAP | array of [key, value] pairs in input order |
 * | ROW | array of values in field order |
 * | any type, NULL | null |
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[];
