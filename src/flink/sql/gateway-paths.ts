/** The paths of the SQL Gateway, built in one place; no answer of the gateway is part of one. */
import type { GatewayVersion, OperationHandle, SessionHandle } from '../model/sql-gateway.ts';
import { path, type RestPath } from '../rest/paths.ts';

/** How rows are written. PLAIN_TEXT knows no types, but all of them. */
export type RowFormat = 'JSON' | 'PLAIN_TEXT';

export interface OperationPlace {
  readonly session: SessionHandle;
  readonly operation: OperationHandle;
}

export const apiVersionsPath: RestPath = path(['api_versions']);

export class GatewayPaths {
  private readonly version: string;

  constructor(version: GatewayVersion) {
    this.version = `v${version}`;
  }

  sessions(): RestPath {
    return path([this.version, 'sessions']);
  }

  session(session: SessionHandle): RestPath {
    return path([this.version, 'sessions', session]);
  }

  heartbeat(session: SessionHandle): RestPath {
    return path([this.version, 'sessions', session, 'heartbeat']);
  }

  configure(session: SessionHandle): RestPath {
    return path([this.version, 'sessions', session, 'configure-session']);
  }

  statements(session: SessionHandle): RestPath {
    return path([this.version, 'sessions', session, 'statements']);
  }

  status(place: OperationPlace): RestPath {
    return path([...this.operation(place), 'status']);
  }

  close(place: OperationPlace): RestPath {
    return path([...this.operation(place), 'close']);
  }

  cancel(place: OperationPlace): RestPath {
    return path([...this.operation(place), 'cancel']);
  }

  result(place: OperationPlace, token: number, rowFormat: RowFormat): RestPath {
    return path([...this.operation(place), 'result', token], { rowFormat });
  }

  private operation({ session, operation }: OperationPlace): readonly string[] {
    return [this.version, 'sessions', session, 'operations', operation];
  }
}
