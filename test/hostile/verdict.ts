/**
 * What is wrong with how drey ended, given the fault and what the server really did. The rules are
 * those of docs/design/style.md 7 and 8: the right exit status, one short message, nothing foreign
 * on a stream, and never a "not done" for what was done.
 */
import type { Fault, FaultClass } from './fault/fault.ts';
import type { Effect } from './honest-flink.ts';
import type { Outcome } from './drey-worker.ts';
import { naughtyTexts } from './naughty-texts.ts';
import type { Verb } from './verbs.ts';

/** What a request is to its command. */
export type Role =
  /** Without its answer there is no result. */
  | 'read'
  /** Its answer makes the result better. */
  | 'optional'
  /** Asks for work that leaves nothing behind. */
  | 'request'
  /** Changes something. */
  | 'change'
  /** Follows a change to its end. */
  | 'follow'
  /** All is done; it only says more about it. */
  | 'describe'
  /** Looks at what somebody else has begun, as long as it is not over. */
  | 'watch';

export interface Judged {
  readonly fault: Pick<Fault, 'class' | 'endsAll'>;
  readonly role: Role;
  readonly outcome: Outcome;
  /** What the server did. */
  readonly effects: readonly Effect[];
  readonly verb: Pick<
    Verb,
    'does' | 'printsLines' | 'runsStatements' | 'reports' | 'goesOn' | 'answersWith'
  >;
  readonly isJson: boolean;
  /** drey may use colours and overwrite its own lines. */
  readonly isTerminal: boolean;
  /** That must stand in the message of an error: host and port. */
  readonly host: string;
  readonly endpoint: string;
  /** False: it never came to the request that was to be met. */
  readonly isMet: boolean;
  readonly timeoutMs: number;
  /** Words that must not occur anywhere. */
  readonly secrets: readonly string[];
}

/** Beyond --timeout. */
const GRACE_MS = 2000;
const MESSAGE_LINES_MAX = 5;

export function complaints(judged: Judged): readonly string[] {
  const { outcome, timeoutMs } = judged;
  const found = [
    ...outcome.strays,
    ...(judged.isMet ? [] : [`${judged.endpoint} was never asked`]),
    ...exitComplaints(judged),
    ...streamComplaints(judged),
    ...(isError(outcome.exit) && !isResult(judged) ? messageComplaints(judged) : []),
  ];
  const isTooLong = outcome.elapsedMs > limitMsOf(judged);
  // A machine with much else to do may also make an honest answer come too late.
  const isInDoubt = found.length > 0 && outcome.elapsedMs > timeoutMs * IN_DOUBT_FROM;
  if (!isTooLong && !isInDoubt) return found;
  const took = `${TOO_SLOW} ${Math.round(outcome.elapsedMs)} ms with --timeout ${timeoutMs}ms`;
  return [...found, took];
}

const IN_DOUBT_FROM = 0.7;

/** An exit status that is part of what was asked for, and no error. */
function isResult({ verb, outcome: { exit } }: Judged): boolean {
  return verb.reports === true || (exit !== null && verb.answersWith?.includes(exit) === true);
}

/** Each step of a report has the whole time, and so has each answer of those that go on. */
function limitMsOf({ verb, timeoutMs }: Judged): number {
  if (verb.goesOn === true) return Infinity;
  return (verb.reports === true ? REPORT_STEPS_MAX : 1) * timeoutMs + GRACE_MS;
}

const REPORT_STEPS_MAX = 12;

/** Such a complaint may be the machine's fault; the case is then tried alone, with more time. */
export const TOO_SLOW = 'took';

const ofRead: Readonly<Record<FaultClass, readonly number[]>> = {
  unreachable: [4],
  lost: [4],
  'not-flink': [4],
  redirected: [4],
  unauthorized: [5],
  refused: [5],
  'server-error': [5],
  unavailable: [4],
  'turned-away': [4],
  readable: [0],
  odd: [0, 4, 5],
};

const ofChange: Readonly<Record<FaultClass, readonly number[]>> = {
  unreachable: [4],
  lost: [0, 4, 7, 10],
  'not-flink': [0, 4, 7, 10],
  redirected: [4],
  unauthorized: [5],
  // It may say that it is done already, which the verb then waits for.
  refused: [5, 7],
  'server-error': [0, 5, 10],
  unavailable: [0, 4, 10],
  'turned-away': [4],
  readable: [0],
  odd: [0, 4, 5, 7, 10],
};

/** The change is made; the look at it fails. */
const ofFollow: Readonly<Record<FaultClass, readonly number[]>> = {
  unreachable: [4, 7],
  lost: [4, 7],
  'not-flink': [4, 7, 10],
  redirected: [4],
  unauthorized: [5],
  refused: [5, 6, 7, 10, 0],
  'server-error': [5, 7],
  unavailable: [4, 7],
  'turned-away': [4],
  readable: [0],
  odd: [0, 4, 5, 6, 7, 10],
};

/** What is looked at may have failed, or may not be known any more. */
const UNDECIDED: ReadonlySet<FaultClass> = new Set(['refused', 'odd']);

function allowedExits({ fault, role, verb }: Judged): readonly number[] {
  if (verb.reports === true) return [0, 4, 5];
  switch (role) {
    case 'read':
      return ofRead[fault.class];
    case 'optional':
      return [0, ...ofRead[fault.class]];
    case 'request':
      return [...ofRead[fault.class], ...ofChange[fault.class]];
    case 'change':
      return ofChange[fault.class];
    case 'follow':
      return ofFollow[fault.class];
    case 'describe':
      return fault.endsAll === true ? [0, ...ofFollow[fault.class]] : [0];
    case 'watch':
      return [...ofRead[fault.class], 7, ...(UNDECIDED.has(fault.class) ? [6, 10] : [])];
  }
}

/** Flink itself says no. */
const ofFlink: ReadonlySet<FaultClass> = new Set(['refused', 'server-error']);
/** To do them again does no harm. */
const IDEMPOTENT: ReadonlySet<Effect['kind']> = new Set([
  'delete',
  'dispose',
  'rescale',
  'cancel',
  'upload',
]);

function exitComplaints(judged: Judged): string[] {
  const { outcome, effects, role, verb } = judged;
  const { exit } = outcome;
  const allowed = [
    ...allowedExits(judged),
    ...(verb.runsStatements === true && ofFlink.has(judged.fault.class) ? [6] : []),
  ];
  const found: string[] = [];
  if (exit === null || !allowed.includes(exit)) {
    found.push(`exit ${String(exit)}, not ${allowed.join(' or ')}`);
  }
  const keys = effects.map(({ kind, key }) => `${kind} ${key}`);
  const kinds = effects.map(({ kind }) => kind);
  const once = kinds.filter((kind) => !IDEMPOTENT.has(kind) || kind === 'upload');
  if (new Set(once).size < once.length) found.push(`done more than once: ${keys.join(', ')}`);
  if (verb.does === null) {
    if (effects.length > 0) found.push(`a command that reads did: ${keys.join(', ')}`);
    return found;
  }
  const isDone = kinds.includes(verb.does);
  if (exit === 0 && !isDone) found.push('exit 0, and nothing was done');
  // That it failed inside does not say that it was not done, where doing it again is no harm.
  const isClaim = exit === 4 || (exit === 5 && !IDEMPOTENT.has(verb.does));
  const isFollowed = role === 'follow' || (role === 'describe' && judged.fault.endsAll === true);
  if (isClaim && isDone && !isFollowed) {
    found.push(`exit ${exit} says that nothing was done; the server did: ${keys.join(', ')}`);
  }
  return found;
}

const FOREIGN =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/u;

/** Colours, and what overwrites the line or the screen: chalk's and ours. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const OWN = /\r?\u001b\[(?:\d{1,2}m|2K|H|J)/g;

/** Not those that are but the beginning of one, which begins our own too. */
const sequences = naughtyTexts.filter((raw) => raw.includes('\u001b') && raw.length > 3);

function streamComplaints({ outcome, isJson, isTerminal, secrets, verb }: Judged): string[] {
  const { output, error } = outcome;
  const found: string[] = [];
  for (const [name, whole] of [
    ['stdout', output],
    ['stderr', error],
  ] as const) {
    const text = isTerminal ? whole.replaceAll(OWN, '') : whole;
    if (isTerminal && sequences.some((raw) => whole.includes(raw))) {
      found.push(`an escape sequence of the server on ${name}`);
    }
    const foreign = FOREIGN.exec(text);
    if (foreign !== null) {
      const code = foreign[0].codePointAt(0)?.toString(16);
      found.push(
        `U+${code} on ${name}: ${JSON.stringify(text.slice(Math.max(0, foreign.index - 40), foreign.index + 20))}`,
      );
    }
    if (secrets.some((secret) => text.includes(secret))) found.push(`a secret on ${name}`);
    if (/^\s+at .*(?:\.[jt]s|node:)/m.test(text)) found.push(`a stack trace on ${name}`);
  }
  if (isJson) found.push(...jsonComplaints(outcome, verb));
  return found;
}

function jsonComplaints(
  { output, exit }: Outcome,
  { printsLines, reports, answersWith }: Judged['verb'],
): string[] {
  const texts = printsLines === true ? output.split(/\n(?=\{)/) : [output];
  let document: unknown;
  try {
    for (const text of texts) document = JSON.parse(text);
  } catch {
    return [`stdout is not JSON as it ought to be: ${JSON.stringify(output.slice(0, 200))}`];
  }
  const { schemaVersion, error } = document as {
    schemaVersion?: unknown;
    error?: { exit?: unknown };
  };
  if (schemaVersion !== 1) return ['the document has no schemaVersion'];
  if (reports === true || (exit !== null && answersWith?.includes(exit) === true)) return [];
  if (isError(exit) && error?.exit !== exit) {
    return [`the document says exit ${String(error?.exit)}`];
  }
  return !isError(exit) && error !== undefined ? ['exit 0 with an error in the document'] : [];
}

function messageComplaints(judged: Judged): string[] {
  const { code, message, hint, lines } = errorOf(judged);
  const found: string[] = [];
  if (!/^DREY_\w+$/.test(code)) found.push('no error code');
  if (hint.trim() === '') found.push('no next step');
  if (lines > MESSAGE_LINES_MAX) found.push(`a message of ${lines} lines`);
  if (code === 'DREY_BUG') found.push(`a bug: ${message}`);
  // What Flink says of a program or a statement comes in the verb's own words, and so does what
  // the cluster cannot do.
  const isReason =
    code === 'DREY_FLINK_NOT_FOUND' ||
    code === 'DREY_FLINK_UNSUPPORTED' ||
    (isWork(judged.role) && /^DREY_FLINK_(?:REFUSED|FAILED)$/.test(code));
  if (/^DREY_(?:FLINK|UNREACHABLE)/.test(code) && !isReason) {
    if (!message.includes(judged.host)) found.push(`no host in: ${message.slice(0, 200)}`);
    const path = judged.endpoint.split(' ')[1]?.split('/:')[0] ?? '';
    const isKnown = judged.fault.class !== 'unreachable' && judged.fault.endsAll !== true;
    if (isKnown && !message.includes(path)) {
      found.push(`no endpoint ${path} in: ${message.slice(0, 200)}`);
    }
  }
  return found;
}

function isWork(role: Role): boolean {
  return role === 'change' || role === 'request';
}

interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly lines: number;
}

function errorOf({ outcome, isJson }: Judged): ShownError {
  if (isJson) {
    try {
      const { error } = JSON.parse(outcome.output.split(/\n(?=\{)/).at(-1) ?? '') as {
        error: Omit<ShownError, 'lines'>;
      };
      return { ...error, lines: error.message.split('\n').length };
    } catch {
      return { code: '', message: '', hint: '', lines: 0 };
    }
  }
  const plain = outcome.error.replaceAll(OWN, '');
  const at = plain.indexOf('error: ');
  const shown = at === -1 ? '' : plain.slice(at).trimEnd();
  const part = (name: string): string =>
    new RegExp(`^${name}: ([^]*?)(?=\n(?:hint|code): |$(?![^]))`, 'm').exec(shown)?.[1] ?? '';
  return {
    code: part('code'),
    message: part('error'),
    hint: part('hint'),
    lines: shown.split('\n').length,
  };
}

function isError(exit: number | null): boolean {
  return exit !== 0;
}
