/**
 * The pages of a statement's result, one after the other, with pauses while there is nothing new.
 * Rows come as JSON; where Flink cannot write them so (maps whose keys are no strings), as text.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { ResultPage } from '../model/sql-result.ts';
import type { OperationPlace, RowFormat } from './gateway-paths.ts';
import type { SqlGateway } from './sql-gateway.ts';

export type RowsPage = Extract<ResultPage, { kind: 'rows' }> & {
  /** True: values are as Flink prints them, whatever their type. */
  readonly isPlainText: boolean;
};

export interface ReadOptions {
  /** Waits for something, or rejects when the user wants to stop. */
  readonly race: <T>(work: Promise<T>) => Promise<T>;
  /** Called before each pause, with the time since the last news. */
  readonly onIdle: (idleMs: number) => void;
  /** True: each page has the whole time; else all of them together. */
  readonly isEndless: boolean;
}

/** The statement has used up its time; it still runs. */
export class TimeOver {
  readonly kind = 'time-over';
}

const PAUSE_FIRST_MS = 5;
const PAUSE_LONGEST_MS = 500;
const PAUSE_GROWTH = 1.5;

/**
 * Pages without rows are left out, but for the first one and the last one. Throws a RefusedError
 * when the statement failed, or when the gateway has lost the session.
 */
export async function* readResults(
  gateway: SqlGateway,
  place: OperationPlace,
  { race, onIdle, isEndless }: ReadOptions,
): AsyncGenerator<RowsPage | TimeOver> {
  const { transport } = gateway;
  let rowFormat: RowFormat = 'JSON';
  let token = 0;
  let pauseMs = PAUSE_FIRST_MS;
  let lastNewsMs = transport.monotonicMs();
  for (;;) {
    if (isEndless) transport.restartTotal();
    else if (transport.remainingMs() === 0) yield new TimeOver();
    const read: FormattedPage = await race(pageInAnyFormat(gateway, place, token, rowFormat));
    const { page } = read;
    rowFormat = read.format;
    if (page.kind === 'rows') {
      const isFirst = token === 0;
      const isLast = page.nextToken === null;
      const hasRows = page.rows.length > 0;
      if (isFirst || isLast || hasRows) yield { ...page, isPlainText: rowFormat === 'PLAIN_TEXT' };
      if (page.nextToken === null) return;
      token = page.nextToken;
      if (hasRows) {
        pauseMs = PAUSE_FIRST_MS;
        lastNewsMs = transport.monotonicMs();
        continue;
      }
    }
    onIdle(transport.monotonicMs() - lastNewsMs);
    await race(transport.pause(pauseMs));
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_LONGEST_MS);
  }
}

interface FormattedPage {
  readonly page: ResultPage;
  readonly format: RowFormat;
}

async function pageInAnyFormat(
  gateway: SqlGateway,
  place: OperationPlace,
  token: number,
  format: RowFormat,
): Promise<FormattedPage> {
  try {
    return { page: await gateway.page(place, token, format), format };
  } catch (error) {
    if (!(error instanceof RefusedError) || format === 'PLAIN_TEXT') throw error;
    // The operation itself went well: its job may have failed, or its rows have no form in JSON.
    if (!ACCEPTED.has(await gateway.status(place))) throw error;
    try {
      return { page: await gateway.page(place, token, 'PLAIN_TEXT'), format: 'PLAIN_TEXT' };
    } catch {
      // The same page fails in every form: what was said first is the reason.
      throw error;
    }
  }
}

const ACCEPTED: ReadonlySet<string> = new Set(['FINISHED', 'RUNNING']);
