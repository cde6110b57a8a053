import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'));

test('--version prints name, version, machine and Node', async () => {
  const { version } = readJson('package.json') as { version: string };
  const { exit, output } = await drey(['--version']);
  expect(exit).toBe(0);
  expect(output).toBe(
    `drey/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
  );
});

test.each([[[]], [['--help']], [['-h']], [['help']]])(
  'drey %j lists the topics and commands',
  async (argv: string[]) => {
    const { exit, output, error } = await drey(argv);
    expect({ exit, error }).toEqual({ exit: 0, error: '' });
    expect(output).toMatch(/TOPICS\n(?: {2}.*\n)* {2}pipeline/);
    expect(output).toMatch(/^ {2}run {2}/m);
  },
);

test('a topic alone lists its verbs', async () => {
  const { exit, output } = await drey(['pipeline']);
  expect(exit).toBe(0);
  expect(output).toContain('pipeline validate');
});

interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly summary?: string;
        readonly examples?: readonly string[];
        readonly args: Readonly<Record<string, { readonly description?: string }>>;
        readonly flags: Readonly<Record<string, { readonly description?: string }>>;
      }
    >
  >;
}

const { commands } = readJson('oclif.manifest.json') as Manifest;

describe.each(Object.entries(commands))('%s', (id, command) => {
  test('has a summary without a full stop', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
  });

  test('describes every argument and flag', () => {
    for (const { description } of [
      ...Object.values(command.args),
      ...Object.values(command.flags),
    ]) {
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('has help with usage, examples and the global flags', async () => {
    const { exit, output, error } = await drey(['help', ...id.split(':')]);
    expect({ exit, error }).toEqual({ exit: 0, error: '' });
    // `help` is no subject of its own: what it shows of itself is the list of commands.
    if (id === 'help') return expect(output).toContain('TOPICS');
    expect(output).toContain(`$ drey ${id.replaceAll(':', ' ')}`);
    // An example may begin with what it is for.
    expect(output).toMatch(/EXAMPLES\n(?: {2}.*\n|\n)*? {2,}\$ drey /);
    for (const flag of ['--json', '--help', '--debug', '--no-color', '--output']) {
      expect(output).toContain(flag);
    }
  });

  test('takes the flags that choose a cluster', () => {
    expect(Object.keys(command.flags)).toEqual(
      expect.arrayContaining(['context', 'url', 'timeout']),
    );
  });
});
