/**
 * One SQL Gateway in the newest version that both sides speak. Each method is one request; what
 * changes something is sent once, unless it cannot have arrived.
 */
import { RefusedError, UnreachableError } from '../../errors/drey-error.ts';
import { parseExactJson } from '../model/exact-json.ts';
import {
  commonVersion,
  decodeApiVersions,
  decodeOperationHandle,
  decodeOperationStatus,
  decodeSessionHandle,
  type GatewayVersion,
  type OperationHandle,
  type SessionHandle,
} from '../model/sql-gateway.ts';
import { decodeResultPage, type ResultPage } from '../model/sql-result.ts';
import { SMALL_BODY, type CallOptions, type Transport } from '../rest/transport.ts';
import {
  apiVersionsPath,
  GatewayPaths,
  type OperationPlace,
  type RowFormat,
} from './gateway-paths.ts';

export type Properties = Readonly<Record<string, string>>;

/** Pages hold up to 5,000 rows, and texts in them may be long. */
const PAGE_BYTES_MAX = 32 * 1024 * 1024;
/** ADD JAR may fetch a large file before the answer comes. */
const CONFIGURE_MS = 5 * 60_000;

export class SqlGateway {
  readonly transport: Transport;
  readonly version: GatewayVersion;
  private readonly paths: GatewayPaths;

  private constructor(transport: Transport, version: GatewayVersion) {
    this.transport = transport;
    this.version = version;
    this.paths = new GatewayPaths(version);
  }

  /** Asks for the versions. Refused when none is common. */
  static async connect(transport: Transport): Promise<SqlGateway> {
    const offered = await readVersions(transport);
    const version = commonVersion(offered);
    if (version !== null) return new SqlGateway(transport, version);
    const names = offered.map((number) => `v${number}`);
    throw new RefusedError(
      'DREY_FLINK_UNSUPPORTED',
      `the SQL Gateway at ${transport.target.baseUrl} speaks ${names.join(', ')}; drey speaks v2, v3 and v4`,
      {
        hint: 'v2 came with Flink 1.17; use a gateway of 1.17 or later.',
        details: { offered: names },
      },
    );
  }

  openSession(properties: Properties): Promise<SessionHandle> {
    return this.transport.change('POST', this.paths.sessions(), {
      body: { sessionName: 'drey', properties },
      decode: decodeSessionHandle,
    });
  }

  /** Also its operations and the jobs of its queries; jobs of INSERT go on. */
  closeSession(session: SessionHandle, call: CallOptions = {}): Promise<void> {
    return this.transport.change('DELETE', this.paths.session(session), {
      decode: () => undefined,
      ...call,
    });
  }

  /** Refused when the gateway does not know the session. */
  async checkSession(session: SessionHandle): Promise<void> {
    await this.transport.read(this.paths.session(session), () => undefined, {
      isFailureFinal: true,
    });
  }

  /** Keeps an idle session from being dropped, after 10 min by default. */
  heartbeat(session: SessionHandle): Promise<void> {
    return this.transport.change('POST', this.paths.heartbeat(session), {
      decode: () => undefined,
    });
  }

  /** Runs a statement that configures the session; others are refused. */
  configure(session: SessionHandle, statement: string): Promise<void> {
    return this.transport.change('POST', this.paths.configure(session), {
      body: { statement },
      decode: () => undefined,
      budgetMs: CONFIGURE_MS,
      headersMs: CONFIGURE_MS,
    });
  }

  /** Accepted, not done. `configuration` holds for this statement alone. */
  submit(
    session: SessionHandle,
    statement: string,
    configuration: Properties,
  ): Promise<OperationHandle> {
    const hasOwn = Object.keys(configuration).length > 0;
    return this.transport.change('POST', this.paths.statements(session), {
      body: { statement, ...(hasOwn ? { executionConfig: configuration } : {}) },
      decode: decodeOperationHandle,
    });
  }

  status(place: OperationPlace): Promise<string> {
    return this.transport.read(this.paths.status(place), decodeOperationStatus, {
      ...SMALL_BODY,
      isFailureFinal: true,
    });
  }

  /**
   * A page, or a RefusedError when the statement has failed. The same page may be asked for again
   * until the next one was.
   */
  page(place: OperationPlace, token: number, rowFormat: RowFormat): Promise<ResultPage> {
    return this.transport.read(
      this.paths.result(place, token, rowFormat),
      (answer) => decodeResultPage(answer, token),
      { isFailureFinal: true, parse: parseExactJson, bodyBytesMax: PAGE_BYTES_MAX },
    );
  }

  /** Ends it while it has not been submitted; refused after that. */
  async cancel(place: OperationPlace, call: CallOptions = {}): Promise<void> {
    await this.transport.change('POST', this.paths.cancel(place), {
      decode: () => undefined,
      ...call,
    });
  }

  /** Drops the operation; the job of a query is cancelled. */
  async close(place: OperationPlace, call: CallOptions = {}): Promise<void> {
    await this.transport.change('DELETE', this.paths.close(place), {
      decode: () => undefined,
      ...call,
    });
  }
}

/** A cluster's own REST interface is the likeliest thing to be taken for its gateway. */
async function readVersions(transport: Transport): Promise<readonly number[]> {
  try {
    return await transport.read(apiVersionsPath, decodeApiVersions, SMALL_BODY);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'DREY_FLINK_NOT_FOUND') throw error;
    throw new UnreachableError(
      'DREY_FLINK_ANSWER',
      `what answers at ${transport.target.baseUrl} is no SQL Gateway: it knows no /api_versions`,
      {
        hint: "The gateway has an address of its own, with port 8083 by default; it is not that of the cluster's REST API.",
        details: error.details,
        cause: error,
      },
    );
  }
}
