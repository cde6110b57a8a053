import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/completion/completion-script.ts';
import { shells } from '../../../src/cli/completion/shells.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { knownCommands } from './known-commands.ts';

/** Stands for drey: prints names, and writes down what it was asked. */
const STUB = `#!/bin/sh
echo "$*" >> asked
case "$1" in
  job) printf 'aaa111\\nabc222\\nbbb333\\n' ;;
  context) printf 'prod\\nstaging\\n' ;;
esac
`;

/**
 * A folder with the scripts, a drey in the path, and two files. Files of a folder of its own, so
 * that nothing else can be proposed.
 */
function prepared(): string {
  const folder = temporaryFolder();
  for (const shell of shells) {
    writeFileSync(join(folder, `drey.${shell}`), completionScript(shell, knownCommands));
  }
  writeFileSync(join(folder, 'drey'), STUB);
  chmodSync(join(folder, 'drey'), 0o755);
  writeFileSync(join(folder, 'flow.sql'), '');
  return folder;
}

interface Typed {
  readonly proposed: readonly string[];
  /** What drey was asked for meanwhile. */
  readonly asked: string;
}

/** Cuts the line as readline does: at blanks, and at `=` and `:` inside of words. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/[=:]+|[^\s=:]+/g)].map(([word]) => word);
  return /\s$/.test(line) ? [...words, ''] : words;
}

function completedByBash(line: string): Typed {
  const folder = prepared();
  const words = wordsOf(line);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `source ./drey.bash
COMP_LINE='${line}'; COMP_POINT=${line.length}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
function_of() { complete -p drey | sed 's/.*-F \\([^ ]*\\).*/\\1/'; }
$(function_of) drey '' ''
printf '%s\\n' "\${COMPREPLY[@]}"
[ -f asked ] && cat asked >&2
exit 0`;
  const ran = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return { proposed: ran.stdout.split('\n').filter((name) => name !== ''), asked: ran.stderr };
}

describe('the script for bash, in bash', () => {
  it.each([
    ['drey ', ['completion', 'context', 'job', 'run', 'topic']],
    ['drey j', ['job']],
    ['drey job ', ['list', 'show', 'stop']],
    ['drey job s', ['show', 'stop']],
    ['drey job list --o', ['--output']],
    ['drey job list --output ', ['text', 'json']],
    ['drey job list -o j', ['json']],
    ['drey job list --output=', ['text', 'json']],
    ['drey job list --output=j', ['json']],
    ['drey job list --json --c', ['--context']],
    ['drey job list --url http://host:8081/a=b --js', ['--json']],
    ['drey job show --output json a', ['aaa111', 'abc222']],
    ['drey job show --context s', ['staging']],
    ['drey job show --context=s', ['staging']],
    ['drey job show aaa111 ', []],
    ['drey context use p', ['prod']],
    ['drey run f', ['flow.sql']],
    ['drey run --init f', ['flow.sql']],
    ['drey run --secr', []],
    ['drey completion ', ['bash', 'zsh']],
    ['drey job run -- a', []],
    ['drey nonsense ', []],
  ])('proposes after "%s"', (line, proposed) => {
    expect(completedByBash(line).proposed).toEqual(proposed);
  });

  it('asks drey only where a name is wanted', () => {
    expect(completedByBash('drey job ').asked).toBe('');
    expect(completedByBash('drey job show --o').asked).toBe('');
    expect(completedByBash('drey job show ').asked).toBe('job list -o name --timeout 2s\n');
  });

  it('asks for active jobs where only those will do', () => {
    expect(completedByBash('drey job stop ').asked).toContain('job list --active -o name');
  });

  it('asks the cluster that the line names', () => {
    const { asked } = completedByBash('drey job show --url http://host:8081 --context=prod ');
    expect(asked).toBe('job list -o name --timeout 2s --url http://host:8081 --context=prod\n');
    expect(completedByBash('drey topic tail --bootstrap-server kafka:9092 ').asked).toBe(
      'topic list -o name --timeout 2s --bootstrap-server kafka:9092\n',
    );
  });
});

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe('completionScript', () => {
  it.each(shells)('for %s is as it was', async (shell) => {
    await expect(completionScript(shell, knownCommands)).toMatchFileSnapshot(
      `../../golden/completion/drey.${shell}`,
    );
  });

  describe.each([
    ['bash', ['-n']],
    ['zsh', ['-n']],
    ['fish', ['--no-config', '-n']],
  ])('for %s', (shell, flags) => {
    it.skipIf(!isThere(shell))('is read by it', () => {
      execFileSync(shell, [...flags, `drey.${shell}`], { cwd: prepared() });
    });
  });

  describe.skipIf(!isThere('fish'))('for fish', () => {
    it.each(['drey job ', 'drey job list --output=j', 'drey job show a', 'drey context use '])(
      'proposes after "%s" what that for bash does',
      (line) => {
        const folder = prepared();
        const env = {
          ...process.env,
          PATH: `${folder}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
        };
        const script = `source drey.fish; complete -C '${line}'`;
        const args = ['--no-config', '-c', script];
        const output = execFileSync('fish', args, { cwd: folder, env, encoding: 'utf8' });
        const proposed = output.split('\n').map((text) => text.split('\t')[0] ?? '');
        // fish sorts, and proposes the flag with its value.
        const expected = completedByBash(line).proposed.map((text) =>
          line.includes('=') ? `--output=${text}` : text,
        );
        expect(proposed.filter((text) => text !== '')).toEqual(expected.toSorted());
      },
    );
  });
});
