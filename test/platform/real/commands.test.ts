import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../../../src/platform/commands.ts';
import { realCommands } from '../../../src/platform/real/commands.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LIMITS = { timeoutMs: 10_000, outputBytesMax: 1_000 };
const SYSTEM = { PATH: process.env['PATH'] };

function run(
  words: readonly [string, ...string[]],
  options: Partial<typeof LIMITS> & { environment?: Record<string, string | undefined> } = {},
): Promise<CommandOutcome> {
  return realCommands.run(words, { ...LIMITS, environment: SYSTEM, ...options });
}

/** A program of its own in a folder of its own. */
function program(script: string): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'helper');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return { folder, path };
}

describe('a program', () => {
  it('gets its arguments as they are, without a shell', async () => {
    const { path } = program('for word in "$@"; do echo "<$word>"; done');
    expect(await run([path, 'a b', '$HOME', '*; echo no'])).toEqual({
      kind: 'ended',
      status: 0,
      output: '<a b>\n<$HOME>\n<*; echo no>\n',
    });
  });

  it('gets the variables that it is given, and no others', async () => {
    const { path } = program('/usr/bin/env');
    const outcome = await run([path], { environment: { ONLY: 'this' } });
    // The shell adds its own.
    const output = outcome.kind === 'ended' ? outcome.output : '';
    expect(output).toContain('ONLY=this\n');
    expect(output).not.toMatch(/^(HOME|PATH|USER)=\//m);
  });

  it('has nothing to read, so that it does not wait for somebody to type', async () => {
    const { path } = program('read answer; echo "got <$answer>"');
    expect(await run([path])).toMatchObject({ output: 'got <>\n' });
  });

  it('tells its status', async () => {
    const { path } = program('echo partly; exit 3');
    expect(await run([path])).toEqual({ kind: 'ended', status: 3, output: 'partly\n' });
  });

  it('that takes too long is ended, also when what it started goes on', async () => {
    const { path } = program('sleep 5 & sleep 5');
    const startMs = performance.now();
    expect(await run([path], { timeoutMs: 300 })).toEqual({ kind: 'timeout' });
    expect(performance.now() - startMs).toBeLessThan(4_000);
  });

  it('that prints too much is ended', async () => {
    const { path } = program('while :; do echo 0123456789; done');
    expect(await run([path])).toEqual({ kind: 'too-much-output' });
  });

  it('that a signal ends has failed', async () => {
    const { path } = program('kill -TERM $$');
    expect(await run([path])).toEqual({ kind: 'failed', reason: 'ended by SIGTERM' });
  });
});

describe('a program without a path is looked for', () => {
  it('in the absolute folders of PATH, in their order', async () => {
    const first = program('echo first');
    const second = program('echo second');
    const PATH = ['relative', '.', '', first.folder, second.folder].join(delimiter);
    expect(await run(['helper'], { environment: { PATH } })).toMatchObject({ output: 'first\n' });
  });

  it('never in the current folder', async () => {
    const { folder } = program('echo planted');
    const before = process.cwd();
    process.chdir(folder);
    try {
      for (const PATH of ['', '.', `.${delimiter}`, './', 'x/..']) {
        expect(await run(['helper'], { environment: { PATH } })).toEqual({ kind: 'not-found' });
      }
      for (const path of ['./helper', 'x/../helper', '.\\helper']) {
        expect(await run([path])).toEqual({ kind: 'not-found' });
      }
    } finally {
      process.chdir(before);
    }
  });

  it('past folders and files that cannot be run', async () => {
    const parent = temporaryFolder();
    mkdirSync(join(parent, 'folder', 'helper'), { recursive: true });
    mkdirSync(join(parent, 'file'));
    writeFileSync(join(parent, 'file', 'helper'), 'text');
    chmodSync(join(parent, 'file', 'helper'), 0o600);
    const good = program('echo good');
    const PATH = [join(parent, 'folder'), join(parent, 'file'), good.folder].join(delimiter);
    expect(await run(['helper'], { environment: { PATH } })).toMatchObject({ output: 'good\n' });
  });
});
