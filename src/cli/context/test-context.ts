/** `context test`: whether a cluster answers, with these credentials, and its SQL Gateway too. */
import { DreyError } from '../../errors/drey-error.ts';
import { durationCell, textCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { gatewayAnswers } from './gateway-answers.ts';

export interface ContextTestResult {
  readonly url: string;
  readonly because: string;
  readonly version: string | null;
  readonly latencyMs: number;
  readonly gateway: string | null;
  /** Null: there is none to ask. */
  readonly gatewayVersion: string | null;
  readonly gatewayError: string | null;
}

export async function testContext(session: ClusterSession): Promise<ContextTestResult> {
  const { client, target, platform } = session;
  // Once for the connection, once for the latency.
  const { versionText } = await client.clusters.config();
  const startMs = platform.clock.monotonicMs();
  await client.clusters.overview();
  const latencyMs = Math.round(platform.clock.monotonicMs() - startMs);
  const gateway = target.gateway === null ? null : await askGateway(session);
  return {
    url: target.rest.baseUrl,
    because: target.because,
    version: versionText,
    latencyMs,
    gateway: target.gateway?.baseUrl ?? null,
    gatewayVersion: gateway?.version ?? null,
    gatewayError: gateway?.error ?? null,
  };
}

async function askGateway(
  session: ClusterSession,
): Promise<{ readonly version: string | null; readonly error: string | null }> {
  try {
    return { version: await gatewayAnswers(session), error: null };
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    return { version: null, error: error.message };
  }
}

export function contextTestView(result: ContextTestResult): View {
  const { gateway, gatewayVersion, gatewayError } = result;
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'url', label: 'cluster', cell: textCell(`${result.url}  (${result.because})`) },
          { key: 'version', label: 'Flink', cell: textCell(result.version, 'good') },
          { key: 'latencyMs', label: 'latency', cell: durationCell(result.latencyMs) },
          ...(gateway === null
            ? []
            : [
                { key: 'gateway', label: 'SQL Gateway', cell: textCell(gateway) },
                gatewayError === null
                  ? {
                      key: 'gatewayVersion',
                      label: 'its Flink',
                      cell: textCell(gatewayVersion, 'good'),
                    }
                  : {
                      key: 'gatewayError',
                      label: 'its answer',
                      cell: textCell(gatewayError, 'bad'),
                    },
              ]),
        ],
      },
    ],
    names: [result.url],
  };
}
