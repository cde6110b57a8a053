/**
 * A session at the SQL Gateway for as long as one command needs it: opened or joined, kept alive,
 * and closed however the work ends, unless it is to be kept.
 */
import { DreyError, RefusedError } from '../../errors/drey-error.ts';
import { isSessionHandle, type SessionHandle } from '../../flink/model/sql-gateway.ts';
import { Transport } from '../../flink/rest/transport.ts';
import { SqlGateway, type Properties } from '../../flink/sql/sql-gateway.ts';
import { retryText, type ClusterSession } from '../cluster/cluster-session.ts';
import { explainedGuess, gatewayTarget } from './gateway-target.ts';
import { Interruption } from './interruption.ts';

export interface SessionRequest {
  readonly properties: Properties;
  /** Join this one, which is not closed; null: open one. */
  readonly handle: string | null;
  readonly isKept: boolean;
}

export interface SqlSession {
  readonly cluster: ClusterSession;
  readonly gateway: SqlGateway;
  readonly handle: SessionHandle;
  readonly interruption: Interruption;
}

/** As Flink's own client; the gateway drops a session that is idle for 10 min. */
const HEARTBEAT_MS = 60_000;
/** The gateway drops it by itself later, so nobody waits long. */
const CLOSE_MS = 3000;

export async function withSqlSession<T>(
  cluster: ClusterSession,
  request: SessionRequest,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const interruption = new Interruption(cluster.platform.signals);
  try {
    const gateway = await interruption.race(connect(cluster));
    const handle = await interruption.race(openOrJoin(gateway, request));
    const session = { cluster, gateway, handle, interruption };
    const stopHeartbeat = keepAlive(session);
    try {
      return await work(session);
    } finally {
      stopHeartbeat();
      if (request.handle === null && !request.isKept) await close(session);
    }
  } finally {
    interruption.end();
  }
}

async function connect({ target, timeoutMs, platform, status }: ClusterSession) {
  const found = gatewayTarget(target);
  const transport = new Transport(found.rest, platform, {
    ...(timeoutMs === null ? {} : { budgetMs: timeoutMs, totalMs: timeoutMs }),
    onRetry: (notice) => status.note(retryText(notice)),
  });
  try {
    return await SqlGateway.connect(transport);
  } catch (error) {
    throw explainedGuess(error, found);
  }
}

async function openOrJoin(
  gateway: SqlGateway,
  { properties, handle }: SessionRequest,
): Promise<SessionHandle> {
  if (handle === null) return gateway.openSession(properties);
  if (!isSessionHandle(handle)) {
    const message = `${JSON.stringify(handle)} is no handle of a session: those are UUIDs`;
    throw new RefusedError('DREY_SQL_SESSION', message);
  }
  if (!(await isSessionKnown(gateway, handle))) throw lostSession(gateway, handle);
  return handle;
}

/** Throws when the gateway cannot be asked. */
export async function isSessionKnown(gateway: SqlGateway, handle: SessionHandle): Promise<boolean> {
  try {
    await gateway.checkSession(handle);
    return true;
  } catch (error) {
    if (error instanceof RefusedError && error.code !== 'DREY_FLINK_UNAUTHORIZED') return false;
    throw error;
  }
}

export function lostSession({ transport }: SqlGateway, handle: SessionHandle): RefusedError {
  return new RefusedError(
    'DREY_SQL_SESSION',
    `the SQL Gateway at ${transport.target.baseUrl} does not know the session ${handle}`,
    { details: { session: handle } },
  );
}

/** Returns the way to stop it. A heartbeat that fails is told by the next statement. */
function keepAlive({ gateway, handle, cluster }: SqlSession): () => void {
  const { timers } = cluster.platform;
  const beat = (): void => {
    gateway.heartbeat(handle).catch(() => undefined);
    timer = timers.after(HEARTBEAT_MS, beat, { keepAlive: false });
  };
  let timer = timers.after(HEARTBEAT_MS, beat, { keepAlive: false });
  return () => timer.cancel();
}

async function close({ gateway, handle, interruption, cluster }: SqlSession): Promise<void> {
  gateway.transport.restartTotal();
  const closing = gateway.closeSession(handle, { budgetMs: CLOSE_MS, isTriedOnce: true });
  try {
    await interruption.cleanUp(closing);
  } catch (error) {
    // What the statements did is done, and the gateway drops the session after a while.
    if (!(error instanceof DreyError)) throw error;
    cluster.status.note(`the session ${handle} could not be closed: ${error.message}`);
  }
}
