/**
 * Runs the tests of a pipeline in the embedded engine, each in a job of its own. The steps feed the
 * sources and look at streams; the clock stands still but for `processing-time` steps. Cells are
 * read as the `json` format reads them, into the types of their columns.
 */
import { JobHarness, readJsonRows, type TakenRow } from '../../engine/testing.ts';
import { loadModules } from '../../engine/minicluster.ts';
import { DreyError } from '../../errors/drey-error.ts';
import type { RowField } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { StreamReference } from '../../pipeline/plan/stream-reference.ts';
import type { PipelineTest, TestRow, TestStep } from '../../pipeline/plan/pipeline-test.ts';
import { streamSchemaOf } from '../../pipeline/plan/stream-schema.ts';
import { toStreamGraph, toStreamInput } from '../../pipeline/to-engine/stream-graph.ts';
import type { Platform } from '../../platform/platform.ts';
import { rowText } from './row-text.ts';
import type { TestFailure, TestOutcome } from './test-outcome.ts';

export interface TestRunOptions {
  readonly platform: Platform;
}

type ExpectStep = TestStep & { readonly kind: 'expect' };
type ExpectCountStep = TestStep & { readonly kind: 'expect-count' };

/** One outcome per test of the plan, in the order of the file. */
export async function runPipelineTests(
  plan: LogicalPlan,
  options: TestRunOptions,
): Promise<readonly TestOutcome[]> {
  const outcomes: TestOutcome[] = [];
  const graph = toStreamGraph(plan);
  const modules = await loadModules(graph, options.platform);
  for (const test of plan.tests) {
    outcomes.push(await runTest({ plan, graph, modules }, test, options.platform));
  }
  return outcomes;
}

/** What all tests of a file run on. */
interface TestedJob {
  readonly plan: LogicalPlan;
  readonly graph: ReturnType<typeof toStreamGraph>;
  readonly modules: Awaited<ReturnType<typeof loadModules>>;
}

async function runTest(
  job: TestedJob,
  test: PipelineTest,
  platform: Platform,
): Promise<TestOutcome> {
  const startedMs = platform.clock.monotonicMs();
  const run = new TestRun(job, test, platform);
  const failures = await run.run();
  return {
    name: test.name,
    line: test.line,
    passed: failures.length === 0,
    failures,
    durationMs: Math.round(platform.clock.monotonicMs() - startedMs),
  };
}

class TestRun {
  private readonly plan: LogicalPlan;
  private readonly test: PipelineTest;
  private readonly harness: JobHarness;
  private readonly failures: TestFailure[] = [];
  private readonly startedAtMs: number;
  private advancedMs = 0;

  constructor({ plan, graph, modules }: TestedJob, test: PipelineTest, platform: Platform) {
    this.plan = plan;
    this.test = test;
    const [first] = test.steps;
    this.startedAtMs = first?.kind === 'clock' ? first.atMs : platform.clock.nowMs();
    const clock = {
      nowMs: () => this.startedAtMs + this.advancedMs,
      zoneOffsetMs: () => 0,
      monotonicMs: () => this.advancedMs,
    };
    const watched = test.steps.flatMap((step) => {
      if (step.kind === 'expect') return [toStreamInput(plan, step.stream)];
      return step.kind === 'expect-count' ? [toStreamInput(plan, step)] : [];
    });
    this.harness = new JobHarness(graph, { ...platform, clock }, watched, modules);
  }

  async run(): Promise<readonly TestFailure[]> {
    try {
      await this.harness.start();
      const given = this.test.steps.flatMap((step) => (step.kind === 'input' ? step.source : []));
      await this.harness.loadTables(new Set(given));
      for (const step of this.test.steps) {
        await this.tryStep(step);
        if (this.failures.length > 0) break;
      }
    } finally {
      await this.harness.close();
    }
    return this.failures;
  }

  /** A job that fails is a failed test, not a failed command. */
  private async tryStep(step: TestStep): Promise<void> {
    try {
      await this.runStep(step);
      await this.harness.finishCalls();
    } catch (error) {
      if (!(error instanceof DreyError)) throw error;
      const expectation = 'the job goes on';
      this.failures.push({ line: step.line, expectation, expected: [], actual: [error.message] });
    }
  }

  private async runStep(step: TestStep): Promise<void> {
    switch (step.kind) {
      case 'input': {
        const lines = step.rows.map((row) => JSON.stringify(row)).join('\n');
        await this.harness.sendJson(step.source, lines);
        return;
      }
      case 'watermark':
        await this.harness.sendWatermark(step.source, step.watermarkMs);
        return;
      case 'expect':
        this.expectRows(step);
        return;
      case 'expect-count':
        this.expectCount(step);
        return;
      case 'snapshot-and-restore':
        await this.harness.snapshotAndRestore();
        return;
      case 'clock':
        // The test started there.
        return;
      case 'processing-time':
        await this.advance(step.advanceMs);
        return;
      case 'end':
        await this.harness.end();
        return;
    }
  }

  /** From timer to timer, so that one that sets the next one finds the clock where it was due. */
  private async advance(byMs: number): Promise<void> {
    const untilMs = this.advancedMs + byMs;
    for (;;) {
      const dueMs = this.harness.nextTimerMs - this.startedAtMs;
      if (dueMs > untilMs) break;
      this.advancedMs = Math.max(this.advancedMs, dueMs);
      await this.harness.processTimers();
      await this.harness.finishCalls();
    }
    this.advancedMs = untilMs;
  }

  private expectRows(step: ExpectStep): void {
    const schema = streamSchemaOf(this.plan, step.stream);
    const taken = this.harness.take(toStreamInput(this.plan, step.stream));
    const failure = step.exact
      ? compareRows(
          exactExpected(step.rows, schema),
          taken.map((row) => rowText(schema, row.values, row.kind)),
        )
      : this.compareNamed(step.rows, schema, taken);
    if (failure === null) return;
    this.failures.push({
      line: step.line,
      expectation: `rows of ${streamName(step.stream)}`,
      ...failure,
    });
  }

  /** Compares on the columns that the expected rows name; without any, only the number counts. */
  private compareNamed(
    rows: readonly TestRow[],
    schema: readonly RowField[],
    taken: readonly TakenRow[],
  ): Comparison | null {
    const named = new Set(rows.flatMap((row) => Object.keys(row)));
    const columns = schema.filter((field) => named.has(field.name));
    const withKind = named.has('op');
    const text = (values: Readonly<Record<string, Value>>, kind: string): string =>
      rowText(columns, values, withKind ? kind : null);
    const expected = typedRows(rows, columns).map((values, index) =>
      text(values, kindOf(rows[index]!)),
    );
    return compareRows(
      expected,
      taken.map((row) => text(row.values, row.kind)),
    );
  }

  private expectCount(step: ExpectCountStep): void {
    const taken = this.harness.take(toStreamInput(this.plan, step)).length;
    if (taken === step.count) return;
    this.failures.push({
      line: step.line,
      expectation: `${step.stream} rows of ${step.node}`,
      expected: [`${step.count} rows`],
      actual: [`${taken} rows`],
    });
  }
}

interface Comparison {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** Null when both are the same multiset. */
function compareRows(expected: readonly string[], actual: readonly string[]): Comparison | null {
  const isSame = [...expected].sort().join('\n') === [...actual].sort().join('\n');
  return isSame && expected.length === actual.length ? null : { expected, actual };
}

function exactExpected(rows: readonly TestRow[], schema: readonly RowField[]): readonly string[] {
  return typedRows(rows, schema).map((values, index) =>
    rowText(schema, values, kindOf(rows[index]!)),
  );
}

/** The row kind that an expected row names; an insert when it names none. */
function kindOf(row: TestRow): string {
  const op = row['op'];
  return typeof op === 'string' ? op : '+I';
}

/** A column that a row does not name is NULL in it, whatever its type says. */
function typedRows(
  rows: readonly TestRow[],
  schema: readonly RowField[],
): readonly Readonly<Record<string, Value>>[] {
  const nullable = schema.map(({ name, type }) => ({ name, type: { ...type, nullable: true } }));
  return readJsonRows(nullable, rows.map((row) => JSON.stringify(row)).join('\n'));
}

function streamName({ node, stream }: StreamReference): string {
  return stream === 'main' ? node : `${node}.${stream}`;
}
