/** Whether a SQL Gateway answers at the address of the target. */
import { Fields } from '../../flink/model/fields.ts';
import { path } from '../../flink/rest/paths.ts';
import { Transport } from '../../flink/rest/transport.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';

/** A gateway that is not there is not worth more waiting. */
const GATEWAY_MS = 5000;

/** The version that it says; null when it says none, or when no gateway is named. */
export async function gatewayAnswers({ target, platform }: ClusterSession): Promise<string | null> {
  if (target.gateway === null) return null;
  const transport = new Transport(target.gateway, platform, { budgetMs: GATEWAY_MS });
  return transport.read(path(['info']), (answer) => Fields.of(answer).requiredText('version'));
}
