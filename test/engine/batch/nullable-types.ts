/** The types that tests of batches use, all nullable. */
import type { LogicalType } from '../../../src/expression/type.ts';

export const types = {
  boolean: { root: 'BOOLEAN', nullable: true },
  tinyint: { root: 'TINYINT', nullable: true },
  smallint: { root: 'SMALLINT', nullable: true },
  int: { root: 'INT', nullable: true },
  bigint: { root: 'BIGINT', nullable: true },
  float: { root: 'FLOAT', nullable: true },
  double: { root: 'DOUBLE', nullable: true },
  decimal: { root: 'DECIMAL', precision: 10, scale: 2, nullable: true },
  text: { root: 'VARCHAR', length: 2_147_483_647, nullable: true },
  bytes: { root: 'VARBINARY', length: 2_147_483_647, nullable: true },
  date: { root: 'DATE', nullable: true },
  time: { root: 'TIME', precision: 0, nullable: true },
  timestamp: { root: 'TIMESTAMP', precision: 9, nullable: true },
  instant: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true },
  months: { root: 'INTERVAL_YEAR_MONTH', nullable: true },
  duration: { root: 'INTERVAL_DAY_TIME', nullable: true },
  array: { root: 'ARRAY', element: { root: 'INT', nullable: true }, nullable: true },
} as const satisfies Readonly<Record<string, LogicalType>>;
