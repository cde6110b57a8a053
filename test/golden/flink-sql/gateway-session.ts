/**
 * A session at the SQL Gateway of a real Flink, for recordings. Plain fetch, no client of drey's:
 * what is tested must not prove itself. A statement that fails is an answer.
 */
import { parseExactJson } from '../../../src/flink/model/exact-json.ts';
import { waitUntil } from '../../peers/wait-until.ts';

/** A type as the gateway describes it. */
export interface GatewayType {
  readonly type: string;
  readonly nullable: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly length?: number;
  readonly elementType?: GatewayType;
  readonly keyType?: GatewayType;
  readonly valueType?: GatewayType;
  readonly fields?: readonly { readonly name: string; readonly fieldType: GatewayType }[];
}

export interface GatewayColumn {
  readonly name: string;
  readonly logicalType: GatewayType;
}

export interface GatewayRow {
  readonly kind: 'INSERT' | 'UPDATE_BEFORE' | 'UPDATE_AFTER' | 'DELETE';
  readonly fields: readonly unknown[];
}

export type StatementAnswer =
  | {
      readonly kind: 'rows';
      readonly columns: readonly GatewayColumn[];
      readonly rows: readonly GatewayRow[];
    }
  | {
      readonly kind: 'failed';
      /** What the server says, with the stack of each cause. */
      readonly reason: string;
    };

interface ResultPage {
  readonly resultType: 'PAYLOAD' | 'EOS' | 'NOT_READY';
  readonly nextResultUri?: string;
  readonly results?: {
    readonly columns: readonly GatewayColumn[];
    readonly data: readonly GatewayRow[];
  };
}

const API = 'v3';
const STATEMENT_TIMEOUT_MS = 120_000;
const REQUEST_TIMEOUT_MS = 60_000;

export class GatewaySession {
  private readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async open(
    gatewayUrl: string,
    properties: Readonly<Record<string, string>>,
  ): Promise<GatewaySession> {
    const sessions = `${gatewayUrl}/${API}/sessions`;
    const { body } = await request('POST', sessions, { properties });
    const { sessionHandle } = body as { readonly sessionHandle: string };
    return new GatewaySession(`${sessions}/${sessionHandle}`);
  }

  async close(): Promise<void> {
    await request('DELETE', this.url);
  }

  /** Waits for the last row. */
  async run(statement: string): Promise<StatementAnswer> {
    const { status, body } = await request('POST', `${this.url}/statements`, { statement });
    if (status !== 200) return failed(body);
    const { operationHandle } = body as { readonly operationHandle: string };
    const operation = `${this.url}/operations/${operationHandle}`;
    try {
      return await readRows(operation);
    } finally {
      await request('DELETE', `${operation}/close`);
    }
  }

  /** As `run`; throws when the statement fails. */
  async mustRun(statement: string): Promise<Extract<StatementAnswer, { kind: 'rows' }>> {
    const answer = await this.run(statement);
    if (answer.kind === 'failed') throw new Error(`${statement}\n${answer.reason}`);
    return answer;
  }
}

async function readRows(operation: string): Promise<StatementAnswer> {
  const rows: GatewayRow[] = [];
  let columns: readonly GatewayColumn[] = [];
  for (let token = 0; ; token++) {
    const url = `${operation}/result/${token}?rowFormat=JSON`;
    const wait = { what: `page ${token} of a statement`, timeoutMs: STATEMENT_TIMEOUT_MS };
    const { status, body } = await waitUntil(wait, async () => {
      const answer = await request('GET', url);
      const isReady = (answer.body as Partial<ResultPage>).resultType !== 'NOT_READY';
      return isReady ? answer : undefined;
    });
    if (status !== 200) return failed(body);
    const { resultType, results } = body as ResultPage;
    columns = results?.columns ?? columns;
    rows.push(...(results?.data ?? []));
    if (resultType === 'EOS') return { kind: 'rows', columns, rows };
  }
}

function failed(body: unknown): StatementAnswer {
  const { errors } = body as { readonly errors?: readonly string[] };
  return { kind: 'failed', reason: (errors ?? [JSON.stringify(body)]).join('\n') };
}

async function request(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  return { status: response.status, body: parseExactJson(await response.text()) };
}
