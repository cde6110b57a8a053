import { describe, expect, test } from 'vitest';
import { drey } from './drey-process.ts';

describe.each([
  [['rnu'], 'Did you mean drey run?'],
  [['pipeline', 'valdate', 'x.yaml'], 'Did you mean drey pipeline validate?'],
  [['validate', 'x.yaml'], 'Did you mean drey pipeline validate?'],
  [['frobnicate', '--help'], 'Run drey --help for the list of commands.'],
  [['help', 'pipeline', 'valdate'], 'Did you mean drey pipeline validate?'],
  [['run', '--strct', 'x.yaml'], 'Did you mean --strict?'],
  [['run'], 'Run drey run --help.'],
  [['run', 'a.yaml', 'b.yaml'], 'Run drey run --help.'],
  [['run', 'a.yaml', '--parallelism', '0'], 'Run drey run --help.'],
  [['run', 'a.yaml', '--parallelism', 'many'], 'Run drey run --help.'],
  [['run', 'a.yaml', '--param', 'novalue'], 'Write it as --param EVENTS=./events.jsonl'],
  [['pipeline', 'graph', 'a.yaml', '--format', 'png'], 'Run drey pipeline graph --help.'],
  [['pipeline', 'schema', 'x'], 'Run drey pipeline schema --help.'],
  [['pipeline', 'functions', 'countt'], 'Did you mean COUNT?'],
  [['run', 'a.yaml', '--output', 'xml'], 'Run drey run --help.'],
])('drey %j', (argv, hint) => {
  test('is refused as usage, on standard error', async () => {
    const { exit, output, error } = await drey(argv);
    expect({ exit, output }).toEqual({ exit: 2, output: '' });
    expect(error).toMatch(/^error: /);
    expect(error).toContain(`\nhint: ${hint}`);
    expect(error).toMatch(/\ncode: DREY_USAGE\n$/);
  });

  test('is refused as one JSON document under --json', async () => {
    // Before the arguments, so that an argument that is missing stays missing.
    const { exit, output } = await drey([...argv, '--json']);
    expect(exit).toBe(2);
    expect(output.startsWith('{\n  "schemaVersion": 1,\n  "error": {\n    "code"')).toBe(true);
    const document = JSON.parse(output) as { error: Record<string, unknown> };
    expect(Object.keys(document.error)).toEqual(['code', 'message', 'hint', 'exit', 'details']);
    expect(document.error).toMatchObject({ code: 'DREY_USAGE', exit: 2 });
    expect(document.error['hint']).toContain(hint);
  });
});

test('the stack is shown with --debug only', async () => {
  const plain = await drey(['rnu']);
  const debug = await drey(['rnu', '--debug']);
  expect(plain.error).not.toMatch(/^ +at /m);
  expect(debug.error).toMatch(/^ +at /m);
});

test('what follows -- is no flag', async () => {
  const { output } = await drey(['pipeline', 'validate', '--', '--json']);
  expect(output).toBe('');
});

test('flags that choose a cluster are accepted, and said to have no effect', async () => {
  const { exit, error } = await drey(['pipeline', 'functions', '--context', 'production']);
  expect(exit).toBe(0);
  expect(error).toBe(
    'note: without effect here, because this command reaches no Flink cluster: --context\n',
  );
});
