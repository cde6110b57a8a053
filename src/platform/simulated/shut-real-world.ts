/**
 * Makes the process's real clock, timers and random numbers fail while a simulation runs: code
 * that goes past the platform then breaks its test at that line, instead of making it irregular.
 */
import { BugError } from '../../errors/drey-error.ts';

interface Watched {
  readonly owner: object;
  readonly ownerName: string;
  readonly names: readonly string[];
}

/** process.nextTick and setImmediate are not among them: the steps of the scheduler are made of them. */
const watched: readonly Watched[] = [
  { owner: globalThis, ownerName: '', names: ['setTimeout', 'setInterval', 'fetch'] },
  { owner: Math, ownerName: 'Math.', names: ['random'] },
  { owner: performance, ownerName: 'performance.', names: ['now'] },
  { owner: crypto, ownerName: 'crypto.', names: ['randomUUID', 'getRandomValues'] },
];

/**
 * Runs `work` with the real world shut, and opens it again whatever happens. It covers the whole
 * process: what a test does besides the simulation must wait.
 */
export async function withRealWorldShut<T>(work: () => Promise<T>): Promise<T> {
  const reopen = watched.flatMap(({ owner, ownerName, names }) =>
    names.map((name) => replace(owner, name, forbidden(`${ownerName}${name}`))),
  );
  reopen.push(replace(globalThis, 'Date', withoutNow(Date)));
  try {
    return await work();
  } finally {
    for (const put of reopen) put();
  }
}

/** Returns what puts the old value back. */
function replace(owner: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}

/** `new Date(timeMs)` only computes; `new Date()`, `Date()` and `Date.now()` look at the clock. */
function withoutNow(real: DateConstructor): DateConstructor {
  const shut = forbidden('the current Date');
  return new Proxy(real, {
    construct: (target, args: unknown[], newTarget) =>
      args.length === 0 ? shut() : Reflect.construct(target, args, newTarget),
    apply: () => shut(),
    get: (target, name, receiver): unknown =>
      name === 'now' ? shut : Reflect.get(target, name, receiver),
  });
}

function forbidden(name: string): () => never {
  return () => {
    throw new BugError(
      'DREY_BUG',
      `${name} was used inside a simulation: take it from the platform`,
    );
  };
}
