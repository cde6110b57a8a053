/** What made a process function fail, with where it was: node, key, row or timer, line of code. */
import { pathToFileURL } from 'node:url';
import { DreyError, EngineError } from '../../errors/drey-error.ts';
import { Misuse } from './misuse.ts';
import type { Row } from './process-function.ts';

/** The call that failed. */
export interface FailedCall {
  readonly node: string;
  readonly modulePath: string;
  readonly moduleText: string;
  readonly method: 'open' | 'processElement' | 'onTimer' | 'processWindow' | 'close';
  /** Null in open and close. */
  readonly key: Row | null;
  /** Of the row or timer, epoch milliseconds. */
  readonly timestampMs: number | null;
  /** Null where it was no row. */
  readonly row: Row | null;
}

const TEXT_LENGTH_MAX = 300;

/** The error that the job ends with. Bugs of drey and failures of other parts stay what they are. */
export function processFailure(error: unknown, call: FailedCall): DreyError {
  if (error instanceof DreyError && !(error instanceof Misuse)) return error;
  const at = positionIn(error, call);
  const key = call.key === null ? '' : `, key ${textOf(call.key)}`;
  const time = timeOf(call);
  const where = `${call.node}: ${call.method} of ${at ?? call.moduleText}${key}${time}`;
  const details = {
    node: call.node,
    method: call.method,
    module: call.moduleText,
    ...(at !== null && { at }),
    ...(call.key !== null && { key: textOf(call.key) }),
    ...(call.timestampMs !== null && { timestampMs: call.timestampMs }),
    ...(call.row !== null && { row: textOf(call.row) }),
  };
  if (error instanceof Misuse) {
    return new EngineError(error.code, `${where}: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      details,
      cause: error,
    });
  }
  return new EngineError('DREY_PROCESS_FAILED', `${where}: ${messageOf(error)}`, {
    hint: 'Mend the function, or let it pass such rows to a side output.',
    details,
    cause: error,
  });
}

/** `./tracker.js:12:5`, the innermost place in the module; null when the stack names none. */
function positionIn(error: unknown, { modulePath, moduleText }: FailedCall): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  // Frames of CommonJS modules have paths, others have URLs.
  const names = [pathToFileURL(modulePath).href, modulePath];
  for (const line of error.stack.split('\n')) {
    const name = names.find((each) => line.includes(`${each}:`));
    if (name === undefined) continue;
    const rest = line.slice(line.indexOf(`${name}:`) + name.length);
    return `${moduleText}${/^:\d+(?::\d+)?/.exec(rest)?.[0] ?? ''}`;
  }
  return null;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${textOf(error)}`;
  // As the state says it: what JavaScript says of a frozen object names no way out.
  const isFrozen = error instanceof TypeError && /read only|not extensible/.test(error.message);
  const text = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return isFrozen ? `${text} (values of state are frozen: build a new one and update)` : text;
}

function timeOf({ method, timestampMs }: FailedCall): string {
  if (method === 'onTimer') return `, timer ${timeText(timestampMs)}`;
  return method === 'processWindow' ? `, window up to ${timeText(timestampMs)}` : '';
}

function timeText(timestampMs: number | null): string {
  const isDate = timestampMs !== null && Math.abs(timestampMs) <= DATE_MAX_MS;
  return isDate ? `${timestampMs} (${new Date(timestampMs).toISOString()})` : String(timestampMs);
}

/** Greatest time of a Date. */
const DATE_MAX_MS = 8.64e15;

function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    return inner instanceof Uint8Array ? `${inner.length} bytes` : inner;
  });
  const shown = text ?? String(value);
  return shown.length > TEXT_LENGTH_MAX ? `${shown.slice(0, TEXT_LENGTH_MAX)}...` : shown;
}
