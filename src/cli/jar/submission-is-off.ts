/** Clusters that take no programs over REST have no endpoints for jars; a 404 would not say so. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';

export async function refuseIfSubmissionIsOff({ client, target }: ClusterSession): Promise<void> {
  const { features } = await client.clusters.config();
  if (features.webSubmit !== false) return;
  const { host } = new URL(target.rest.baseUrl);
  throw new RefusedError(
    'DREY_FLINK_UNSUPPORTED',
    `${host} takes no jars over REST: web.submit.enable is false there`,
    {
      hint: 'Set web.submit.enable: true where only trusted people reach the REST address, for it lets all of them run code; else submit by the SQL Gateway, the flink command line or in application mode.',
      details: { webSubmit: false },
    },
  );
}
