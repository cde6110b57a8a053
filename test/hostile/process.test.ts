import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { entry } from '../e2e/drey-process.ts';
import { answerBytes, HostileServer } from '../support/hostile-server.ts';
import { casesOf } from './cases.ts';
import { DreyProcesses } from './drey-processes.ts';
import { DreyWorker } from './drey-worker.ts';
import { endless, framingFaults } from './fault/framing.ts';
import { JOBS, jsonFaults, withJobs } from './fault/json.ts';
import { statusFaults } from './fault/status.ts';
import { reasonFaults } from './fault/text.ts';
import { timingFaults } from './fault/timing.ts';
import { runHonestly, usesOf } from './find-uses.ts';
import { HonestFlink, JOB_ID, TASK_MANAGER_ID } from './honest-flink.ts';
import { jarBytes } from './jar-file.ts';
import { answerHonestly } from './run-case.ts';
import { runCases } from './run-cases.ts';
import { verbs } from './verbs.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-hostile-'));
const jarPath = join(folder, 'sent.jar');
writeFileSync(jarPath, jarBytes());
const words = { '{jar}': jarPath };
const processes = new DreyProcesses(words);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that never ends what it says to one path. */
async function endlessAt(path: RegExp): Promise<{ url: string; close: () => void }> {
  const flink = new HonestFlink();
  const server = new HostileServer({
    honest: (request) => flink.answer(request),
    answer: (exchange) =>
      path.test(exchange.request.path) ? endless(exchange) : answerHonestly(exchange),
  });
  const url = `http://127.0.0.1:${await server.listen()}/flink`;
  return { url, close: () => server.close() };
}

describe('drey as a process', { timeout: 240_000 }, () => {
  it.each([
    ['job list', /overview$/],
    ['job list --json', /overview$/],
    [`savepoint trigger ${JOB_ID}`, /checkpoints$/],
    [`taskmanager logs ${TASK_MANAGER_ID} --log`, /\/log$/],
    [`job logs ${JOB_ID}`, /\/log$/],
  ])('%s takes little memory before an answer of a gigabyte', async (argv, path) => {
    const { url, close } = await endlessAt(path);
    const outcome = await processes.run({
      argv: [...argv.split(' '), '--url', url, '--timeout', '20s'],
    });
    close();
    expect(outcome.strays).toEqual([]);
    expect([0, 4]).toContain(outcome.exit);
    expect(outcome.error).not.toMatch(/DREY_BUG|^\s+at /m);
  });

  it.each(['job list', 'job list --json', 'job list -o wide', 'job list -o csv'])(
    '%s takes little memory before the longest list that it takes',
    async (argv) => {
      const flink = new HonestFlink();
      const server = new HostileServer({
        honest: (request) => flink.answer(request),
        answer: (exchange) =>
          exchange.request.path.endsWith('/jobs/overview')
            ? exchange.write(answerBytes(withJobs(exchange.honest(), JOBS)))
            : answerHonestly(exchange),
      });
      const url = `http://127.0.0.1:${await server.listen()}/flink`;
      const outcome = await processes.run({ argv: [...argv.split(' '), '--url', url] });
      server.close();
      expect(outcome).toMatchObject({ exit: 0, strays: [] });
      // Not the last one: the whole output is more than is kept of it.
      expect(outcome.output).toContain(`job ${JOBS / 2}`);
    },
  );

  it('ends as its parts do within one process', async () => {
    const worker = new DreyWorker({}, words);
    const uses = usesOf(await Promise.all(verbs.map((verb) => runHonestly(worker, verb))));
    worker.stop();
    const faults = [
      ...timingFaults,
      ...framingFaults,
      ...statusFaults,
      ...jsonFaults,
      ...reasonFaults,
    ];
    const light = faults.filter(({ isHeavy }) => isHeavy !== true);
    const batch = await runCases(processes, casesOf(uses, light, 45));
    expect(batch.failures.join('\n')).toBe('');
    expect(batch.count).toBeGreaterThanOrEqual(40);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while it waits ends it at once, and says how to go on', async (signal, exit) => {
    const flink = new HonestFlink();
    const server = new HostileServer({
      honest: (request) => flink.answer(request),
      answer: async (exchange) => {
        const isLook = /\/savepoints\/[0-9a-f]{32}$/.test(exchange.request.path);
        if (!isLook) return answerHonestly(exchange);
        child.kill(signal);
        // And no answer at all.
      },
    });
    const url = `http://127.0.0.1:${await server.listen()}/flink`;
    const argv = ['savepoint', 'trigger', JOB_ID, '--url', url];
    const child = spawn(process.execPath, [entry, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    const code = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    server.close();
    expect({ code, effects: flink.effects.length }).toEqual({ code: exit, effects: 1 });
    const [effect] = flink.effects;
    expect(error).toContain(`drey savepoint wait ${JOB_ID} ${effect?.key ?? ''} --url ${url}`);
  });
});
