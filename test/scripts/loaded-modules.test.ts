/**
 * Which sources the shipped modules load with one another, because start-up is paid by every call:
 * what a chunk imports for itself is loaded with it, whoever needs it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-test-'));
let outputs: Awaited<ReturnType<typeof bundle>>['outputs'];

beforeAll(async () => {
  ({ outputs } = await bundle({ root: process.cwd(), outputFolder: folder, minify: true }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The sources of the engine that are loaded with this one, which is imported when it is needed. */
function engineLoadedWith(source: string): string[] {
  const first = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source);
  const loaded = new Set<string>();
  const waiting = first === undefined ? [] : [first];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    loaded.add(path);
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && imported in outputs && !loaded.has(imported)) {
        waiting.push(imported);
      }
    }
  }
  return [...loaded]
    .flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}))
    .filter(([input, { bytesInOutput }]) => bytesInOutput > 0 && input.startsWith('src/engine/'))
    .map(([input]) => input.slice('src/engine/'.length))
    .sort();
}

test('whoever checks the configuration of a pipeline loads its rules and not the engine', () => {
  expect(engineLoadedWith('src/cli/recovery/recovery-settings.ts')).toEqual([
    'checkpoint/checkpoint-configuration.ts',
    'failover/restart-strategy.ts',
    'state/key-groups.ts',
    'task/buffer-timeout.ts',
  ]);
});

test('a job that takes no checkpoints loads nothing that keeps or reads snapshots', () => {
  const loaded = engineLoadedWith('src/engine/minicluster.ts');
  expect(loaded).toContain('task/job-task.ts');
  const ofSnapshots = /^checkpoint\/storage\/|-job-storage\.ts$/;
  expect(loaded.filter((source) => ofSnapshots.test(source))).toEqual([
    // The file sink makes its files durable in the same way.
    'checkpoint/storage/durable-files.ts',
  ]);
});
