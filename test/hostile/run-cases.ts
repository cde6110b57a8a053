/** Many cases, most of which only wait, at once; and what they found as text. */
import type { DreyRunner } from './drey-worker.ts';
import { runCase, runConnectCase, type ConnectCase, type HostileCase } from './run-case.ts';
import { TOO_SLOW } from './verdict.ts';

/** When more than that are too slow, it is no coincidence. */
const TRIED_AGAIN_MAX = 40;
const PATIENCE = 4;

export interface Batch {
  readonly failures: readonly string[];
  readonly count: number;
}

export function runCases(runner: DreyRunner, cases: readonly HostileCase[]): Promise<Batch> {
  const heavy = cases.filter(({ fault }) => fault.isHeavy === true);
  const light = cases.filter(({ fault }) => fault.isHeavy !== true);
  return joined(runner, [
    () =>
      inLanes(light, runner.atOnceMax, {
        run: (tried, patience) => runCase(runner, tried, patience),
        name: nameOf,
      }),
    () =>
      inLanes(heavy, 1, {
        run: (tried, patience) => runCase(runner, tried, patience),
        name: nameOf,
      }),
  ]);
}

export function runConnectCases(runner: DreyRunner, cases: readonly ConnectCase[]): Promise<Batch> {
  const name = ({ verb, form, fault }: ConnectCase): string =>
    `${[...verb.argv, ...form].join(' ')}: ${fault.name}`;
  return joined(runner, [
    () =>
      inLanes(cases, runner.atOnceMax, {
        run: (tried, patience) => runConnectCase(runner, tried, patience),
        name,
      }),
  ]);
}

function nameOf({ verb, endpoint, fault, form, role }: HostileCase): string {
  return `${[...verb.argv, ...form].join(' ')}, ${role} ${endpoint}: ${fault.name}`;
}

async function joined(
  runner: DreyRunner,
  parts: readonly (() => Promise<Batch>)[],
): Promise<Batch> {
  const failures: string[] = [];
  let count = 0;
  for (const part of parts) {
    const batch = await part();
    failures.push(...batch.failures);
    count += batch.count;
  }
  return { failures: [...failures, ...runner.strays], count };
}

interface Work<Case> {
  readonly run: (tried: Case, patience: number) => Promise<readonly string[]>;
  readonly name: (tried: Case) => string;
}

/** What may only have been too slow among so many is tried again alone. */
async function inLanes<Case>(
  cases: readonly Case[],
  lanes: number,
  { run, name }: Work<Case>,
): Promise<Batch> {
  const failures: string[] = [];
  const slow: Case[] = [];
  const queue = [...cases];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const found = await run(next, 1);
      const isInDoubt = found.some((complaint) => complaint.startsWith(TOO_SLOW));
      if (isInDoubt && slow.length < TRIED_AGAIN_MAX) slow.push(next);
      else if (found.length > 0) failures.push(`${name(next)}\n    ${found.join('\n    ')}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const again of slow) {
    const found = await run(again, PATIENCE);
    if (found.length > 0) failures.push(`${name(again)}, alone\n    ${found.join('\n    ')}`);
  }
  return { failures, count: cases.length };
}
