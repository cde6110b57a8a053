/**
 * `doctor`: every step between here and a working cluster, in order, each with a limit on its time.
 * The first step that fails says what to do; what depends on it is skipped.
 */
import { errorCodes } from '../../errors/codes.ts';
import { exitCodes } from '../../errors/exit-codes.ts';
import type { ClusterConfig } from '../../flink/model/cluster.ts';
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ClusterQuestion, ClusterTarget } from '../context/resolve-cluster.ts';
import { checkClock, checkLeader, checkVersion, checkWebSubmit } from './check-cluster.ts';
import { checkConnection, isNoTls, mayBeOtherScheme } from './check-connection.ts';
import { checkEnvironment, checkProxy } from './check-environment.ts';
import { checkFlink, type FlinkChecked } from './check-flink.ts';
import { checkGateway } from './check-gateway.ts';
import { checkUpload } from './check-upload.ts';
import { completed, type Check, type Checked, type Failure } from './check.ts';
import { findTarget, type FoundTarget } from './find-target.ts';
import { gatewayVersionOf, identify, type Identity } from './identify.ts';
import { probe, type Probe, type ProbeAnswer } from './probe.ts';

export interface DoctorRequest {
  readonly cluster: ClusterQuestion;
  /** Of each step. */
  readonly stepTimeoutMs: number;
  /** `v20.19.0`; null: not known. */
  readonly nodeVersion: string | null;
}

export interface DoctorResult {
  /** Null: it is not known which cluster is meant. */
  readonly url: string | null;
  readonly context: string | null;
  readonly version: string | null;
  /** True: nothing failed. There may be warnings. */
  readonly isHealthy: boolean;
  readonly checks: readonly Check[];
  /** The first that failed. */
  readonly failure: Failure | null;
}

/** Tells how far it is, for the status line. */
type OnStep = (step: string) => void;

export async function diagnose(
  platform: Platform,
  request: DoctorRequest,
  onStep: OnStep,
): Promise<DoctorResult> {
  const { environment } = platform;
  const local = checkEnvironment({ environment, nodeVersion: request.nodeVersion });
  if (local.failure !== null) return resultOf(null, local, null);
  const found = await findTarget(platform, request.cluster);
  if (found.failure !== null) {
    return resultOf(null, joined(local.checks, found), null);
  }
  const { target } = found;
  const before = [...local.checks, ...found.checks, checkProxy({ environment }, proxyOf(target))];
  onStep(`asking ${target.rest.baseUrl}`);
  const { stepTimeoutMs } = request;
  const config = await probe(platform, {
    target: target.rest,
    path: '/config',
    timeoutMs: stepTimeoutMs,
  });
  const connected = await connect(platform, target.rest, config, stepTimeoutMs);
  const reached = joined(before, connected);
  if (config.kind === 'none') return resultOf(target, reached, null);
  onStep(`finding out what answers at ${target.rest.baseUrl}`);
  const flink = await findFlink(platform, found, config, stepTimeoutMs);
  if (flink.config === null) return resultOf(target, joined(reached.checks, flink), null);
  onStep('asking the cluster about itself');
  const known = { ...flink, config: flink.config };
  const checked = await askCluster(platform, target, known, stepTimeoutMs);
  return resultOf(target, joined(reached.checks, checked), flink.config.versionText);
}

export function doctorExitStatus({ failure }: DoctorResult): number {
  return failure === null ? exitCodes.done : errorCodes[failure.code].exit;
}

function joined(before: readonly Check[], { checks, failure }: Checked): Checked {
  return { checks: [...before, ...checks], failure };
}

function resultOf(
  target: ClusterTarget | null,
  { checks, failure }: Checked,
  version: string | null,
): DoctorResult {
  return {
    url: target?.rest.baseUrl ?? null,
    context: target?.contextName ?? null,
    version,
    isHealthy: failure === null,
    checks: completed({ checks, failure }),
    failure,
  };
}

function proxyOf({ rest }: ClusterTarget): string | undefined {
  return rest.connection?.proxyUrl;
}

async function connect(
  platform: Platform,
  target: RestTarget,
  config: Probe,
  timeoutMs: number,
): Promise<Checked> {
  const isDoubtful = config.kind === 'none' && mayBeOtherScheme(config);
  const otherScheme = isDoubtful ? await otherSchemeOf(platform, target, timeoutMs) : null;
  return checkConnection({ target, probe: config, otherScheme });
}

/** Without credentials: they go to no address that nobody has named. */
async function otherSchemeOf(
  platform: Platform,
  { baseUrl, connection }: RestTarget,
  timeoutMs: number,
): Promise<'http' | 'https' | null> {
  const other = baseUrl.startsWith('https:') ? 'http' : 'https';
  const target = {
    baseUrl: baseUrl.replace(/^https?/, other),
    ...(connection === undefined ? {} : { connection }),
  };
  const answer = await probe(platform, { target, path: '/config', timeoutMs });
  const isSpoken = answer.kind === 'answer' || (other === 'https' && isCertificate(answer));
  return isSpoken ? other : null;
}

/** It speaks TLS, and only its certificate is not trusted. */
function isCertificate({ reason, errorCode }: Exclude<Probe, ProbeAnswer>): boolean {
  return reason === 'tls' && !isNoTls(errorCode);
}

async function findFlink(
  platform: Platform,
  { target: { rest }, sendsCredentials }: Extract<FoundTarget, { failure: null }>,
  config: ProbeAnswer,
  timeoutMs: number,
): Promise<FlinkChecked> {
  const identity = identify(config);
  const isStranger = STRANGERS.has(identity.kind);
  return checkFlink(identity, {
    baseUrl: rest.baseUrl,
    sendsCredentials,
    gatewayVersion: isStranger ? await gatewayAt(platform, rest, timeoutMs) : null,
    found: isStranger ? await flinkAbove(platform, rest, timeoutMs) : null,
  });
}

const STRANGERS: ReadonlySet<Identity['kind']> = new Set(['flink-elsewhere', 'web-page', 'other']);
/** Longer paths are not those of a proxy. */
const PATH_PARTS_MAX = 8;

async function gatewayAt(
  platform: Platform,
  target: RestTarget,
  timeoutMs: number,
): Promise<string | null> {
  const answer = await probe(platform, { target, path: '/v1/info', timeoutMs });
  return answer.kind === 'answer' ? gatewayVersionOf(answer) : null;
}

/** The API above the path of the address, such as where a page of the Web UI was given. */
async function flinkAbove(
  platform: Platform,
  target: RestTarget,
  timeoutMs: number,
): Promise<string | null> {
  const { origin, pathname } = new URL(target.baseUrl);
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts.length > PATH_PARTS_MAX) return null;
  for (let count = parts.length - 1; count >= 0; count--) {
    const baseUrl = [origin, ...parts.slice(0, count)].join('/');
    const above = { ...target, baseUrl };
    const answer = await probe(platform, { target: above, path: '/config', timeoutMs });
    if (answer.kind === 'answer' && identify(answer).kind === 'flink') return baseUrl;
  }
  return null;
}

async function askCluster(
  platform: Platform,
  { rest, gateway, isReadOnly }: ClusterTarget,
  { config, checks }: FlinkChecked & { readonly config: ClusterConfig },
  timeoutMs: number,
): Promise<Checked> {
  const { webSubmit } = config.features;
  const [page, overview, upload, sql] = await Promise.all([
    probe(platform, { target: rest, path: '/', timeoutMs }),
    probe(platform, { target: rest, path: '/overview', timeoutMs }),
    checkUpload(platform, { target: rest, timeoutMs, isReadOnly, webSubmit }),
    checkGateway(platform, {
      cluster: rest,
      gateway,
      clusterVersion: config.versionText,
      timeoutMs,
    }),
  ]);
  const leader = checkLeader(overview);
  return {
    checks: [
      ...checks,
      checkVersion(config),
      checkClock(page),
      ...leader.checks,
      checkWebSubmit(config),
      upload,
      ...sql.checks,
    ],
    failure: leader.failure ?? sql.failure,
  };
}
