/** Which cases there are: each fault on each use of an endpoint, or, in a long run, by each verb. */
import { runs } from '../support/property-runs.ts';
import type { ConnectFault } from './fault/connect.ts';
import { done, type Fault } from './fault/fault.ts';
import { placesOf, wrongValue, wrongValues } from './fault/json.ts';
import type { ConnectCase, HostileCase } from './run-case.ts';
import type { Use } from './find-uses.ts';
import { verbs } from './verbs.ts';

/** With DREY_RUNS_FACTOR above 1 each verb meets each fault. */
export const IS_LONG = runs(10) > 10;

/** A request that changes something also meets each fault after it has done so. */
export function casesOf(
  uses: readonly Use[],
  faults: readonly Fault[],
  max: number,
): readonly HostileCase[] {
  const all = uses.flatMap((use, at) =>
    (use.role === 'change' ? faults.flatMap(withDone) : faults)
      // Whatever comes is a text.
      .filter((fault) => !use.isText || fault.class !== 'not-flink')
      .flatMap((fault, index) => casesOfUse(use, fault, at + index)),
  );
  return sampled(all, max, faults.length);
}

/** What refuses a request has not done it. */
function withDone(fault: Fault): readonly Fault[] {
  const isPossible = ['lost', 'not-flink', 'server-error', 'unavailable'].includes(fault.class);
  return isPossible ? [fault, done(fault)] : [fault];
}

/** About `max` times DREY_RUNS_FACTOR, of all kinds; `period`: how many kinds follow each other. */
function sampled<Item>(items: readonly Item[], max: number, period: number): readonly Item[] {
  let step = Math.max(1, Math.floor(items.length / runs(max)));
  while (commonDivisor(step, period) > 1) step++;
  return items.filter((_, index) => index % step === 0);
}

function commonDivisor(left: number, right: number): number {
  return right === 0 ? left : commonDivisor(right, left % right);
}

const JSON_OR_NOT: readonly (readonly string[])[] = [[], ['--json']];

function casesOfUse(use: Use, fault: Fault, turn: number): readonly HostileCase[] {
  const { endpoint, role } = use;
  return (IS_LONG ? use.verbs : [pick(use.verbs, turn)]).map((verb) => ({
    verb,
    endpoint,
    role,
    fault,
    form: verb.argv.includes('-o') ? [] : pick(JSON_OR_NOT, turn),
  }));
}

function pick<Item>(items: readonly Item[], turn: number): Item {
  const item = items[turn % items.length];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}

/** Wrong types for the fields of the honest answer of each use. */
export function fieldCasesOf(
  uses: readonly Use[],
  bodyOf: (endpoint: string) => unknown,
  max: number,
): readonly HostileCase[] {
  const all = uses.flatMap((use, at) =>
    placesOf(bodyOf(use.endpoint))
      .flatMap((place) => wrongValues.map((wrong) => wrongValue(place, wrong)))
      .flatMap((fault, index) => casesOfUse(use, fault, at + index)),
  );
  return sampled(all, max, wrongValues.length);
}

const FORMS: readonly (readonly string[])[] = [
  [],
  ['--json'],
  ['-o', 'wide'],
  ['-o', 'yaml'],
  ['-o', 'csv'],
  ['-o', 'name'],
  ['-o', 'markdown'],
];

/** Each in all forms in turn, and on a terminal. */
export function textCasesOf(
  uses: readonly Use[],
  faults: readonly Fault[],
  max: number,
): readonly HostileCase[] {
  return casesOf(uses, faults, max).map((tried, index) => ({
    ...tried,
    form: tried.verb.argv.includes('-o') ? [] : pick(FORMS, index),
    isTerminal: index % 5 === 0,
  }));
}

/** Faults of the connection are met at a verb's first request. */
export function connectCasesOf(
  faults: readonly ConnectFault[],
  max: number,
): readonly ConnectCase[] {
  const all = verbs.flatMap((verb, at) =>
    faults.map((fault, index) => ({
      verb,
      fault,
      form: verb.argv.includes('-o') ? [] : pick(JSON_OR_NOT, at + index),
    })),
  );
  return sampled(all, max, faults.length);
}
