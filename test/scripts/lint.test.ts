import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Case {
  readonly path: string;
  readonly text: string;
  /** Rules that fire on the text, one for each violation; none when it is fine. */
  readonly rules: readonly string[];
}

const BAN = 'no-restricted-imports';
const value = (from: string): string => `import { a } from '${from}';\nexport const b = a;\n`;
const type = (from: string): string => `import type { A } from '${from}';\nexport type B = A;\n`;

/** path, what it imports, whether it may. */
function imports(path: string, from: string, isAllowed: boolean, text = value(from)): Case {
  return { path, text, rules: isAllowed ? [] : [BAN] };
}

/** The import table of docs/design/style.md, at its edges. */
const tableCases: readonly Case[] = [
  imports('src/errors/a.ts', '../platform/clock.ts', false),
  imports('src/errors/codes/a.ts', '../codes.ts', true),
  imports('src/platform/a.ts', '../errors/codes.ts', true),
  imports('src/platform/b.ts', '../engine/minicluster.ts', false),
  imports('src/platform/c.ts', 'undici', false),
  imports('src/platform/real/http.ts', 'undici', true),
  imports('src/platform/real/other.ts', 'undici', false),
  imports('src/document/a.ts', 'yaml', true),
  imports('src/document/b.ts', 'yaml/util', true),
  imports('src/document/c.ts', '../pipeline/parse/a.ts', false),
  imports('src/pipeline/parse/d.ts', 'yaml', false),
  imports('src/place/a.ts', '../platform/files.ts', true),
  imports('src/place/b.ts', '../expression/type.ts', false),
  imports('src/expression/a.ts', '../errors/codes.ts', true),
  imports('src/expression/function/a.ts', '../type.ts', true),
  imports('src/expression/b.ts', '../platform/clock.ts', false),
  imports('src/expression/c.ts', '../platform/clock.ts', false, type('../platform/clock.ts')),
  imports('src/flink/model/a.ts', '../rest/transport.ts', false),
  imports('src/flink/rest/a.ts', '../../platform/http.ts', true),
  imports('src/flink/rest/b.ts', '../../engine/minicluster.ts', false),
  imports('src/flink/metadata/a.ts', '../../place/local.ts', true),
  imports('src/engine/batch/a.ts', '../../expression/type.ts', true),
  imports('src/engine/batch/b.ts', '../state/state-writer.ts', false),
  imports('src/engine/batch/c.ts', '../../platform/clock.ts', false),
  imports(
    'src/engine/batch/d.ts',
    '../../platform/clock.ts',
    true,
    type('../../platform/clock.ts'),
  ),
  imports('src/engine/batch/kernel/a.ts', '../../window/open-window.ts', false),
  imports('src/engine/batch/kernel/b.ts', '../batch.ts', true),
  imports('src/engine/state/a.ts', '../format/contract.ts', true),
  imports('src/engine/state/b.ts', '../minicluster.ts', false),
  imports('src/engine/state/b.ts', '../snapshots.ts', false),
  imports(
    'src/engine/window/a.ts',
    '../operator/contract.ts',
    true,
    type('../operator/contract.ts'),
  ),
  imports('src/engine/window/b.ts', '../operator/contract.ts', false),
  imports('src/engine/window/c.ts', '../operator/filter.ts', false),
  imports('src/engine/operator/a.ts', '../window/open-window.ts', true),
  imports('src/engine/operator/b.ts', '../graph/stream-graph.ts', false),
  imports('src/engine/operator/c.ts', '../connector/contract.ts', false),
  imports(
    'src/engine/graph/a.ts',
    '../connector/contract.ts',
    true,
    type('../connector/contract.ts'),
  ),
  imports('src/engine/graph/b.ts', '../connector/file/file-source.ts', false),
  imports('src/engine/graph/c.ts', '../../pipeline/plan/logical-plan.ts', false),
  imports('src/engine/checkpoint/a.ts', '../../platform/files.ts', true),
  imports('src/engine/checkpoint/b.ts', '../task/job-task.ts', false),
  imports('src/engine/connector/file/a.ts', '../../../platform/files.ts', true),
  imports('src/engine/connector/file/b.ts', 'kafkajs', false),
  imports('src/engine/connector/kafka/a.ts', 'kafkajs', false),
  imports('src/engine/connector/kafka/b.ts', '../../../kafka/murmur2.ts', true),
  imports('src/platform/real/kafka/a.ts', 'kafkajs', true),
  imports('src/platform/real/kafka/b.ts', 'kafkajs/src/network/connection.js', true),
  imports('src/platform/real/d.ts', 'kafkajs', false),
  imports('src/kafka/a.ts', '../errors/codes.ts', true),
  imports('src/kafka/b.ts', '../engine/minicluster.ts', false),
  imports('src/engine/batch/k.ts', '../../kafka/murmur2.ts', false),
  imports('src/engine/task/a.ts', '../failover/restart.ts', false),
  imports('src/engine/a.ts', './task/job-task.ts', true),
  imports('src/engine/b.ts', './rest/server.ts', false),
  imports('src/engine/c.ts', '../document/document.ts', false),
  imports('src/engine/rest/a.ts', '../minicluster.ts', true),
  imports('src/engine/rest/b.ts', '../../flink/model/job.ts', true),
  imports('src/engine/rest/c.ts', '../../flink/rest/transport.ts', false),
  imports('src/engine/rest/d.ts', '../task/job-task.ts', false),
  imports('src/pipeline/plan/a.ts', '../../expression/type.ts', true),
  imports('src/pipeline/plan/b.ts', '../../engine/minicluster.ts', false),
  imports('src/pipeline/plan/c.ts', '../to-engine/stream-graph.ts', false),
  imports('src/pipeline/to-engine/a.ts', '../../engine/graph/stream-graph.ts', true),
  imports('src/pipeline/to-engine/b.ts', '../parse/pipeline.ts', false),
  imports('src/ops/job/a.ts', '../../flink/model/job.ts', true),
  imports('src/ops/job/b.ts', '../../flink/rest/transport.ts', false),
  imports('src/ops/job/c.ts', '../../engine/minicluster.ts', false),
  imports('src/output/a.ts', 'chalk', true),
  imports('src/output/b.ts', 'cli-table3', true),
  imports('src/output/c.ts', '../pipeline/plan/logical-plan.ts', false),
  imports('src/cli/a.ts', '@oclif/core', true),
  imports('src/cli/b.ts', 'chalk', false),
  imports('src/cli/c.ts', '../engine/minicluster.ts', true),
  imports('src/cli/c.ts', '../engine/configuration.ts', true),
  imports('src/cli/c.ts', '../engine/snapshots.ts', true),
  imports('src/cli/c2.ts', '../engine/testing.ts', true),
  imports('src/cli/d.ts', '../engine/task/job-task.ts', false),
  imports('src/cli/e.ts', '../commands/run.ts', false),
  imports('src/commands/job/a.ts', '../../engine/rest/server.ts', true),
  imports('src/commands/job/b.ts', '../../engine/batch/batch.ts', false),
  imports('src/commands/job/c.ts', '../run.ts', false),
  imports('src/commands/job/d.ts', './list.ts', false),
  imports('src/commands/job/e.ts', '../../cli/drey-command.ts', true),
  imports('src/commands/job/f.ts', '', false, "export const a = () => import('undici');\n"),
];

const otherCases: readonly Case[] = [
  {
    path: 'src/output/any.ts',
    text: 'export const a = (b: any) => b;\n',
    rules: ['no-explicit-any'],
  },
  { path: 'src/output/console.ts', text: "console.log('a');\nexport {};\n", rules: ['no-console'] },
  { path: 'scripts/console.ts', text: "console.log('a');\nexport {};\n", rules: [] },
  {
    path: 'src/output/eval.ts',
    text: "export const a = eval('1') as number;\n",
    rules: ['no-eval'],
  },
  { path: 'src/output/default.ts', text: 'export default 1;\n', rules: ['no-default-export'] },
  { path: 'src/commands/default.ts', text: 'export default 1;\n', rules: [] },
  { path: 'src/output/CamelCase.ts', text: 'export const a = 1;\n', rules: ['filename-case'] },
  {
    path: 'src/output/params.ts',
    text: 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];\n',
    rules: ['max-params'],
  },
  {
    path: 'src/output/long-function.ts',
    text: `export function f(): void {\n${'  void 0;\n'.repeat(69)}}\n`,
    rules: ['max-lines-per-function'],
  },
  {
    path: 'src/output/long-file.ts',
    text: '// line\n'.repeat(400) + 'export const a = 1;\n',
    rules: ['max-lines'],
  },
  {
    path: 'src/output/cycle-a.ts',
    text: "import { b } from './cycle-b.ts';\nexport const a = () => b;\n",
    rules: ['no-cycle'],
  },
  {
    path: 'src/output/cycle-b.ts',
    text: "import { a } from './cycle-a.ts';\nexport const b = () => a;\n",
    rules: ['no-cycle'],
  },
  {
    path: 'src/output/floating.ts',
    text: 'export function f(p: Promise<void>): void {\n  p;\n}\n',
    rules: ['no-floating-promises', 'no-unused-expressions'],
  },
  {
    path: 'src/output/exhaustive.ts',
    text: "export function f(a: 'x' | 'y'): void {\n  switch (a) {\n    case 'x':\n  }\n}\n",
    rules: ['switch-exhaustiveness-check'],
  },
];

describe('the linter', () => {
  it('finds each planted violation and nothing else', async () => {
    const cases = [...tableCases, ...otherCases];
    const found = await lint(cases);
    const asText = (path: string, rules: readonly string[]): string =>
      `${path}: ${[...rules].sort().join(' ')}`;
    expect(cases.map(({ path }) => asText(path, found.get(path) ?? []))).toEqual(
      cases.map(({ path, rules }) => asText(path, rules)),
    );
  });
});

/** Runs the linter with the project's own rules; gives the rules that fired for each path. */
async function lint(cases: readonly Case[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = temporaryFolder();
  for (const { path, text } of cases) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
  copyFileSync('tsconfig.json', join(folder, 'tsconfig.json'));
  // The type-aware rules are a package of their own, looked for from here.
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const linter = join(process.cwd(), 'node_modules', 'oxlint', 'bin', 'oxlint');
  const output = await new Promise<string>((resolve) => {
    // Exit status 1 is what is wanted here.
    execFile(
      process.execPath,
      [linter, '--type-aware', '--format', 'unix'],
      { cwd: folder, maxBuffer: 10_000_000 },
      (_, stdout) => resolve(stdout),
    );
  });
  const found = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const match = /^(.+?):\d+:\d+: .*\[\w+\/[\w-]+\(([\w-]+)\)\]$/.exec(line);
    if (match === null) continue;
    const [, path = '', rule = ''] = match;
    found.set(path, [...(found.get(path) ?? []), rule]);
  }
  return found;
}
