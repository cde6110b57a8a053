/** The declarations that are shipped, as a module of a user's in TypeScript sees them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryRoot } from './drey-process.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drey-types-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repositoryRoot, join(folder, 'node_modules', 'drey'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the compiler says of the module; empty when it is content. */
function check(text: string): string {
  writeFileSync(join(folder, 'visits.mts'), text);
  const compiler = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext'];
  try {
    execFileSync(process.execPath, [compiler, ...options, '--types', '', 'visits.mts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return String((error as { readonly stdout: unknown }).stdout);
  }
}

const rows = `
import { defineProcessFunction } from 'drey/engine';
import type { Collector, MapState, OpenContext, ProcessContext, ProcessFunction, ValueState } from 'drey/engine';
interface Click { readonly userId: string; readonly ts: number }
interface Visit { readonly userId: string; readonly n: number }
`;

const asClass = `${rows}
export default class Visits implements ProcessFunction<Click, Visit> {
  #count!: ValueState<number>;
  open(context: OpenContext): void {
    this.#count = context.valueState('count', { ttl: { ttlMs: 1000, cleanup: { compaction: {} } } });
  }
  processElement(row: Click, context: ProcessContext<Visit>, out: Collector<Visit>): void {
    const n = (this.#count.value() ?? 0) + 1;
    this.#count.update(n);
    context.registerEventTimeTimer(row.ts + 1000);
    out.collect({ userId: row.userId, n });
  }
}`;

const asObject = `${rows}
export default defineProcessFunction<Click, Visit, { counts: MapState<string, number> }>({
  open(context) {
    this.counts = context.mapState('counts');
  },
  processElement(row, context, out) {
    out.collect({ userId: row.userId, n: this.counts.get(row.userId) ?? 0 });
  },
  onTimer(timestampMs, context) {
    if (context.timeDomain === 'eventTime') context.sideOutput('ended', { at: timestampMs });
  },
});`;

const asyncFunction = `
import { defineAsyncFunction, type AsyncContext, type AsyncFunction } from 'drey/engine';
interface Order { readonly customer: string; readonly amount: number }
interface Rated { readonly risk: number | null }
export class Risk implements AsyncFunction<Order, Rated> {
  async invoke(row: Order, { signal, attempt }: AsyncContext): Promise<Rated | null> {
    if (signal.aborted || attempt > 3) return null;
    return { risk: row.amount > 10 ? 0.5 : null };
  }
}
export default defineAsyncFunction<Order, Rated, { known: Set<string> }>({
  known: new Set(),
  async open() {
    this.known.add('c1');
  },
  async invoke(row) {
    return this.known.has(row.customer) ? [{ risk: 1 }, { risk: 0 }] : null;
  },
});`;

test('async functions are classes, and objects with fields', () => {
  expect(check(asyncFunction)).toBe('');
  const wrong = asyncFunction.replace('{ risk: 0 }', "{ risk: 'no' }");
  expect(check(wrong)).toContain("Type 'string' is not assignable to type 'number'");
});

test.each([
  ['a class', asClass],
  ['an object', asObject],
])('%s is a process function', (_name, text) => {
  expect(check(text)).toBe('');
});

test('a column of another type is found', () => {
  const wrong = asClass.replace(
    'out.collect({ userId: row.userId, n })',
    "out.collect({ userId: 1, n: 'x' })",
  );
  expect(check(wrong)).toContain("Type 'number' is not assignable to type 'string'");
});
