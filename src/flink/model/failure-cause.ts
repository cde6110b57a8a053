/**
 * Why something failed, out of what Flink sends: a Java stack trace with nested causes. What a
 * person needs is the message of the deepest cause; the exceptions around it only say that a
 * future did not complete. Serialised exceptions are never looked at.
 */
import { Fields } from './fields.ts';

export interface FailureCause {
  /** Class of the deepest cause, without its package; null when there is no such thing. */
  readonly exception: string | null;
  /** Its message, one line. */
  readonly message: string;
  /** All messages from the outside in, without repetitions. */
  readonly chain: readonly string[];
}

/** A stack trace that is longer is cut: its causes come early. */
const TRACE_CHARACTERS_MAX = 256 * 1024;
const MESSAGE_CHARACTERS_MAX = 2000;
const CAUSES_MAX = 50;

/** Of a stack trace as Java prints it. */
export function causeOfTrace(trace: string): FailureCause {
  const causes = causesOf(trace.slice(0, TRACE_CHARACTERS_MAX));
  const chain = [...new Set(causes.map(({ message }) => message).filter((text) => text !== ''))];
  const deepest = causes.at(-1) ?? { exception: null, message: '' };
  const said = chain.at(-1) ?? '';
  if (deepest.message !== '' || deepest.exception === null) {
    return { exception: deepest.exception, message: said, chain };
  }
  // A bare NullPointerException: what was tried, and the class, are all there is.
  const message = said === '' ? deepest.exception : `${said} (${deepest.exception})`;
  return { exception: deepest.exception, message, chain };
}

/** Of `failure-cause` and `failureCause`: {class, stack-trace, serialized-throwable}. */
export function decodeFailureCause(fields: Fields): FailureCause {
  const trace = fields.text('stack-trace') ?? '';
  const cause = causeOfTrace(trace);
  if (cause.message !== '') return cause;
  const exception = shortName(fields.text('class') ?? '');
  return { exception, message: exception ?? 'no reason was given', chain: [] };
}

/** Of the `errors` of an answer that is one; null when it has none. */
export function decodeErrors(answer: unknown): FailureCause | null {
  const errors = Fields.orNull(answer)?.texts('errors') ?? [];
  // The first of two says that the server failed, the second how.
  const text = errors.findLast((error) => error.trim() !== '');
  if (text === undefined) return null;
  const isTrace = /\n\s*at /.test(text);
  const trace = text
    .replace(/^<Exception on server side:\s*/, '')
    .replace(/End of exception on server side>\s*$/, '');
  return isTrace ? causeOfTrace(trace) : causeOfMessage(text);
}

function causeOfMessage(text: string): FailureCause {
  const message = oneLine(text);
  return { exception: null, message, chain: [message] };
}

interface Cause {
  readonly exception: string | null;
  readonly message: string;
}

/** The exceptions of a trace, outermost first: its first line and each `Caused by:`. */
function causesOf(trace: string): readonly Cause[] {
  const causes: Cause[] = [];
  for (const block of trace.split(/^\s*Caused by: /m).slice(0, CAUSES_MAX)) {
    const message = block.split(/^\s*(?:at |\.\.\. \d+ more|<\d+ more lines cut>)/m)[0] ?? '';
    causes.push(innermost(oneLine(message)));
  }
  return causes;
}

/** `A: B: message` is A wrapped around B, whose text it repeats: only B says something. */
function innermost(text: string): Cause {
  let exception: string | null = null;
  let message = text;
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    const match = /^((?:[A-Za-z_$][\w$]*\.)+[A-Za-z_$][\w$]*)(?:: |:?$)/.exec(message);
    if (match === null) break;
    // `ClassNotFoundException: com.example.Main` is about a class that is no exception.
    if (exception !== null && !match[0].endsWith(': ') && !THROWABLE.test(match[1] ?? '')) break;
    exception = shortName(match[1] ?? '');
    message = message.slice(match[0].length);
  }
  return { exception, message };
}

/** What classes of exceptions are called, in Java by custom. */
const THROWABLE = /(?:Exception|Error|Throwable|Failure)$/;

function shortName(className: string): string | null {
  const name = className.split('.').at(-1) ?? '';
  return name === '' ? null : name;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE_CHARACTERS_MAX
    ? `${line.slice(0, MESSAGE_CHARACTERS_MAX)}...`
    : line;
}
