/** `context test`: whether a cluster answers, with these credentials, and its SQL Gateway too. */
import { errorCodes, type ErrorCode } from '../../errors/codes.ts';
import { DreyError } from '../../errors/drey-error.ts';
import { exitCodes } from '../../errors/exit-codes.ts';
import { Clusters } from '../../flink/rest/clusters.ts';
import { Transport } from '../../flink/rest/transport.ts';
import { durationCell, textCell, type Cell, type Field, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { gatewayAnswers } from './gateway-answers.ts';

export interface ContextTestResult {
  readonly url: string;
  readonly because: string;
  readonly context: string | null;
  readonly version: string | null;
  readonly latencyMs: number;
  /** What was sent, and not refused; null: nothing. */
  readonly identity: string | null;
  /** Whether the cluster answers without credentials, too; null: none were sent, or not known. */
  readonly isOpen: boolean | null;
  readonly gateway: GatewayResult | null;
}

export interface GatewayResult {
  readonly url: string;
  /** Null: it says none, or does not answer. */
  readonly version: string | null;
  /** Null: it answers. */
  readonly error: GatewayFailure | null;
}

export interface GatewayFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

/** Throws when the cluster itself does not answer as one. */
export async function testContext(session: ClusterSession): Promise<ContextTestResult> {
  const { client, target, platform } = session;
  // Once for the connection, once for the latency.
  const { versionText } = await client.clusters.config();
  const startMs = platform.clock.monotonicMs();
  await client.clusters.overview();
  const latencyMs = Math.round(platform.clock.monotonicMs() - startMs);
  return {
    url: target.rest.baseUrl,
    because: target.because,
    context: target.contextName,
    version: versionText,
    latencyMs,
    identity: target.rest.identity ?? null,
    isOpen: target.rest.identity === undefined ? null : await isOpen(session),
    gateway: target.gateway === null ? null : await askGateway(session, target.gateway.baseUrl),
  };
}

/** What is accepted by somebody who accepts everybody proves nothing. */
async function isOpen({ target, platform }: ClusterSession): Promise<boolean | null> {
  const { credentials: _, identity: __, ...stranger } = target.rest;
  const transport = new Transport(stranger, platform, { budgetMs: STRANGER_MS });
  try {
    await new Clusters(transport).config();
    return true;
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    // A page for signing in, or the way to one.
    const isRefusal =
      error.code === 'DREY_FLINK_UNAUTHORIZED' || error.code === 'DREY_FLINK_REDIRECT';
    return isRefusal ? false : null;
  }
}

const STRANGER_MS = 5000;

async function askGateway(session: ClusterSession, url: string): Promise<GatewayResult> {
  try {
    return { url, version: await gatewayAnswers(session), error: null };
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    const { code, message, hint, exitCode } = error;
    const failure = { code, message, hint: hint ?? errorCodes[code].next, exit: exitCode };
    return { url, version: null, error: failure };
  }
}

/** That of the gateway's failure: a cluster without its gateway is half of what was asked for. */
export function contextTestExitStatus({ gateway }: ContextTestResult): number {
  return gateway?.error?.exit ?? exitCodes.done;
}

export function contextTestView(result: ContextTestResult): View {
  const { gateway } = result;
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'url', label: 'cluster', cell: textCell(`${result.url}  (${result.because})`) },
          { key: 'version', label: 'Flink', cell: textCell(result.version, 'good') },
          { key: 'latencyMs', label: 'latency', cell: durationCell(result.latencyMs) },
          { key: 'identity', label: 'credentials', cell: identityCell(result) },
          ...(gateway === null ? [] : gatewayFields(gateway)),
        ],
      },
    ],
    names: [result.context ?? result.url],
  };
}

function identityCell({ identity, isOpen: open }: ContextTestResult): Cell {
  if (identity === null) return textCell('none');
  if (open === false) return textCell(`accepted: ${identity}`, 'good');
  const but = open === true ? ', but the cluster answers without them, too' : '';
  return textCell(`sent: ${identity}${but}`, 'doubtful');
}

function gatewayFields({ url, version, error }: GatewayResult): readonly Field[] {
  const address = { key: 'gateway.url', label: 'SQL Gateway', cell: textCell(url) };
  if (error === null) {
    return [address, { key: 'gateway.version', label: '', cell: textCell(version, 'good') }];
  }
  return [
    address,
    { key: 'gateway.error', label: '', cell: textCell(error.message, 'bad') },
    { key: 'gateway.hint', label: '', cell: textCell(error.hint) },
  ];
}
