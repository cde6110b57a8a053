import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_ANSWER, recordingCluster } from '../support/recording-servers.ts';
import { dreyHome } from './drey-home.ts';
import type { Ended } from './drey-process.ts';

function jsonOf({ output }: Ended): Record<string, unknown> {
  return JSON.parse(output) as Record<string, unknown>;
}

describe('a context', () => {
  it('is added, shown, listed, used, tested and forgotten', async () => {
    const { port } = await recordingCluster();
    const url = `http://127.0.0.1:${port}`;
    const { run, folder } = dreyHome();
    const added = await run(['context', 'add', 'one', '--url', `${url}/`, '--timeout', '90s']);
    expect(added).toMatchObject({ exit: 0, error: '' });
    expect(added.output).toContain('it is the current context');
    await run(['context', 'add', 'two', '--url', 'https://two.example', '--token-env', 'TWO']);
    expect(readFileSync(join(folder, 'config.yaml'), 'utf8')).toContain('timeout: 90s');

    const listed = jsonOf(await run(['context', 'list', '--json']));
    expect(listed).toMatchObject({
      schemaVersion: 1,
      currentContext: 'one',
      contexts: [
        { name: 'one', current: true, url, timeout: '90s' },
        { name: 'two', current: false, auth: { type: 'bearer', token: { env: 'TWO' } } },
      ],
    });
    expect((await run(['context', 'list', '-o', 'name'])).output).toBe('one\ntwo\n');
    expect(jsonOf(await run(['context', 'show', '--json']))).toMatchObject({
      url,
      because: 'the context one',
      timeoutMs: 90_000,
      timeoutBecause: 'the context one',
    });
    expect(jsonOf(await run(['context', 'test', '--json']))).toMatchObject({
      version: '2.3.0',
      gateway: null,
    });
    expect((await run(['context', 'use', 'two'])).exit).toBe(0);
    expect(jsonOf(await run(['context', 'show', '--json']))['context']).toBe('two');
    const unasked = await run(['context', 'remove', 'two']);
    expect(unasked).toMatchObject({ exit: 2, output: '' });
    expect((await run(['context', 'remove', 'two', '--yes'])).exit).toBe(0);
    expect(jsonOf(await run(['context', 'list', '--json']))).toMatchObject({
      currentContext: null,
      contexts: [{ name: 'one' }],
    });
  });

  it('that is read-only refuses changes, also where nobody would be asked', async () => {
    const id = 'd65e9cfac6aeaf2d92302d96f6ae4385';
    const job = { jid: id, name: 'tick', state: 'RUNNING', 'start-time': 1, tasks: { running: 1 } };
    const { port, received } = await recordingCluster({
      answer: (_, response) =>
        response.end(JSON.stringify({ ...CONFIG_ANSWER, ...job, jobs: [job], history: [] })),
    });
    const { run } = dreyHome({ a: { url: `http://127.0.0.1:${port}`, readOnly: true } });
    for (const argv of [
      ['job', 'cancel', id, '--yes'],
      ['savepoint', 'trigger', id],
      ['job', 'stop', id],
    ]) {
      const { exit, error } = await run(argv);
      expect({ exit, error }).toMatchObject({
        exit: 5,
        error: expect.stringContaining('DREY_CONTEXT_READ_ONLY') as string,
      });
    }
    expect(received.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('is one of a file whose mistakes are told with their places', async () => {
    const { run, folder } = dreyHome();
    const path = join(folder, 'config.yaml');
    writeFileSync(path, 'contexts:\n  a:\n    url: http://h\n    gatway: http://g\n');
    const { exit, error } = await run(['job', 'list']);
    expect(exit).toBe(3);
    expect(error).toContain(`${path}:4:5: a has no "gatway"; did you mean gateway?`);
  });

  it('names the exit status of what is wrong with it', async () => {
    const denied = await recordingCluster({
      answer: (_, response) => response.writeHead(401).end(),
    });
    const { run } = dreyHome({
      denied: { url: `http://127.0.0.1:${denied.port}`, timeout: '2s' },
      away: { url: 'http://127.0.0.1:1', timeout: '500ms' },
    });
    expect((await run(['context', 'test', 'denied'])).exit).toBe(5);
    expect((await run(['context', 'test', 'away'])).exit).toBe(4);
    expect((await run(['context', 'test', 'unknown'])).exit).toBe(3);
    expect((await run(['context', 'test', 'denied', '--url', 'http://h'])).exit).toBe(2);
  });
});

describe('which cluster is asked is decided by', () => {
  it('flag, variable, current context, embedded cluster and default, in this order', async () => {
    const { run, folder } = dreyHome({
      current: { url: 'http://current' },
      other: { url: 'http://o' },
    });
    const shown = async (argv: readonly string[], environment = {}): Promise<unknown> =>
      jsonOf(await run(['context', 'show', '--json', ...argv], environment))['because'];
    const variables = { DREY_URL: 'http://variable', DREY_CONTEXT: 'other' };
    expect(await shown(['--url', 'http://flag', '--context', 'other'], variables)).toBe('--url');
    expect(await shown(['--context', 'current'], variables)).toBe('the context current');
    expect(await shown([], variables)).toBe('DREY_URL');
    expect(await shown([], { DREY_CONTEXT: 'other' })).toBe('the context other');
    expect(await shown([])).toBe('the context current');
    writeFileSync(join(folder, 'config.yaml'), '');
    expect(await shown([])).toBe('the default');
    writeFileSync(join(folder, 'cluster.json'), '{"url":"http://127.0.0.1:8481"}');
    expect(await shown([])).toBe('the running embedded cluster');
  });
});
