/** Keys that are drey's own, beside Flink's: places that Flink takes from Hadoop's configuration. */
import type { ConfigurationType } from './configuration-type.ts';

export const dreyKeys: Readonly<Record<string, ConfigurationType>> = {
  'drey.hdfs.http-address': 'list',
  'drey.hdfs.user': 'text',
};
