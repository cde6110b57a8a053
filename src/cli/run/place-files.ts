/** The platform of a job: as it is, or with files of HDFS where a source of the plan reads them. */
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';

/** `hdfs://` and `webhdfs://`; nothing of them is loaded for a plan without. */
const REMOTE = /^(?:web)?hdfs:\/\//;

export async function platformOf(plan: LogicalPlan, platform: Platform): Promise<Platform> {
  const isRemote = plan.nodes.some(
    (node) =>
      node.kind === 'source' &&
      node.connector.kind === 'filesystem' &&
      REMOTE.test(node.connector.path),
  );
  if (!isRemote) return platform;
  const { HdfsFiles } = await import('../../place/webhdfs/hdfs-files.ts');
  const { PlacedFiles } = await import('../../place/placed-files.ts');
  const { http, timers, clock, environment } = platform;
  const { configuration } = plan;
  const addresses = configuration.get('drey.hdfs.http-address') ?? '';
  const user = configuration.get('drey.hdfs.user') ?? environment['HADOOP_USER_NAME'] ?? '';
  const hdfs = new HdfsFiles({
    http,
    timers,
    clock,
    user: user === '' ? null : user,
    httpAddresses: addresses.split(/[;,]/).flatMap((address) => address.trim() || []),
  });
  return { ...platform, files: new PlacedFiles(platform.files, hdfs) };
}
