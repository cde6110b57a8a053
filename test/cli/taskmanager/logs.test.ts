import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerLogs } from '../../../src/cli/taskmanager/log-flags.ts';
import {
  listLogFiles,
  logFilesView,
  logLinesView,
  readLogLines,
} from '../../../src/cli/taskmanager/read-log.ts';
import { streamExitStatus, streamLog } from '../../../src/cli/taskmanager/stream-log.ts';
import type { StopSignal } from '../../../src/platform/signals.ts';
import {
  answeringCluster,
  Refusal,
  Turns,
  type ClusterAnswers,
} from '../../support/answering-cluster.ts';
import { captured, shown, TASK_MANAGERS } from './taskmanager-cluster.ts';

const owner = { kind: 'task-manager', argument: 'tm-a' } as const;
const main = { owner, file: null, isStdout: false, grep: null };
const whole = { ...main, linesMax: null, follows: false };
const LOGS = '/taskmanagers/tm-a%3A1/logs';
const LOG = '/taskmanagers/tm-a%3A1/log';

describe('a log', () => {
  test('goes out as it is, with escape sequences made visible', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const output = captured(session);
    expect(await streamLog(output.session, whole)).toEqual({
      taskManagerId: 'tm-a:1',
      file: 'log',
      end: 'end-of-log',
    });
    expect(output.text()).toBe('one\n\tat two \\x1b[31m\nthree\n');
  });

  test('is chosen by a part of its file name', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const output = captured(session);
    expect(await streamLog(output.session, { ...whole, file: '.LOG' })).toMatchObject({
      file: 'tm.log',
    });
    expect(output.text()).toMatch(/^one\n/);
    await expect(streamLog(output.session, { ...whole, file: 'tm' })).rejects.toMatchObject({
      code: 'DREY_LOG_UNAVAILABLE',
      message: '"tm" names 2 files of TaskManager tm-a:1: tm.log, tm.out',
    });
  });

  test('can be cut to its last lines, and to entries with a text', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const output = captured(session);
    await streamLog(output.session, { ...whole, linesMax: 1 });
    expect(output.text()).toBe('three\n');
    await streamLog(output.session, { ...whole, grep: 'two' });
    // The entry is the line and the stack below it.
    expect(output.text()).toBe('three\none\n\tat two \\x1b[31m\n');
  });

  test('is as a document the last lines, and says that there are more', async () => {
    const { session } = await answeringCluster({
      ...TASK_MANAGERS,
      '/jobmanager/logs': { logs: [{ name: 'jm.log', size: 8, mtime: 1 }] },
      '/jobmanager/logs/jm.log': 'a\nb\nc\n',
    });
    const request = { ...main, owner: { kind: 'job-manager' }, file: 'jm.log' } as const;
    const result = await readLogLines(session, { ...request, linesMax: 2 });
    expect(result).toMatchObject({
      taskManagerId: null,
      file: 'jm.log',
      lines: ['b', 'c'],
      isTruncated: true,
    });
    expect(shown(logLinesView(result))).toBe('b\nc\n');
  });

  test('that nobody reads to its end ends quietly', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const end = await streamLog(captured(session, 0).session, whole);
    expect(end.end).toBe('output-closed');
    expect(streamExitStatus(end)).toBe(0);
  });

  test.each([new Refusal(500, 'Internal'), new Refusal(404, 'not there')])(
    'that is not configured is said to be missing ($status)',
    async (refusal) => {
      const { session } = await answeringCluster({ ...TASK_MANAGERS, [LOG]: refusal });
      await expect(streamLog(session, whole)).rejects.toMatchObject({
        code: 'DREY_LOG_UNAVAILABLE',
        message: expect.stringMatching(/^TaskManager tm-a:1 gives no log: /) as string,
        hint: expect.stringContaining('log.file') as string,
      });
    },
  );
});

test('files are listed with their sizes; none is how a container looks', async () => {
  const { session } = await answeringCluster(TASK_MANAGERS);
  const result = await listLogFiles(session, owner);
  expect(shown(logFilesView(result))).toMatch(/tm\.log +40 B +2023-11-14/);
  expect(shown(logFilesView({ ...result, files: [] }))).toContain('container');
});

describe('following', () => {
  /** The server ends the following with a signal after so many answers to `LOG`. */
  async function follow(answers: ClusterAnswers, fetches: number, linesMax: number | null = null) {
    const cluster = await answeringCluster({ ...TASK_MANAGERS, ...answers });
    const { session, asked } = cluster;
    const output = captured(session);
    let send = (_signal: StopSignal): void => undefined;
    const signals = {
      subscribe: (listener: (signal: StopSignal) => void) => {
        send = listener;
        return () => undefined;
      },
    };
    const platform = { ...output.session.platform, signals };
    const stop = (): void => {
      if (asked.filter((target) => target === LOG).length >= fetches) send('SIGINT');
      else platform.timers.after(5, stop);
    };
    stop();
    const result = await streamLog(
      { ...output.session, platform },
      { ...whole, linesMax, follows: true },
    );
    return { result, text: output.text(), asked, errorText: cluster.errorText() };
  }
  const sizes = (...all: readonly number[]) =>
    new Turns(...all.map((size) => ({ logs: [{ name: 'tm.log', size, mtime: size }] })));

  test('prints what is added, each line once and only when it is whole', async () => {
    const { result, text } = await follow(
      {
        [LOGS]: sizes(1, 2, 3, 4, 5),
        [LOG]: new Turns('a\nb', 'a\nbc\n', 'a\nbc\nd é\ne', 'a\nbc\nd é\ne\n', 'a\nbc\nd é\ne\n'),
      },
      5,
    );
    expect(result.end).toBe('SIGINT');
    expect(streamExitStatus(result)).toBe(130);
    expect(text).toBe('a\nbc\nd é\ne\n');
  });

  test('begins with the last lines', async () => {
    const { text } = await follow(
      { [LOGS]: sizes(1, 2, 3), [LOG]: new Turns('a\nb\nc\n', 'a\nb\nc\nd\n') },
      3,
      1,
    );
    expect(text).toBe('c\nd\n');
  });

  test('begins anew with a file that was rolled', async () => {
    const { text, errorText } = await follow(
      { [LOGS]: sizes(9, 1, 2, 3), [LOG]: new Turns('long one\n', 'new\n') },
      4,
    );
    expect(text).toBe('long one\nnew\n');
    expect(errorText).toContain('shorter than before');
  });

  test('does not fetch a file again whose size stays the same', async () => {
    const files = { logs: [{ name: 'tm.log', size: 4, mtime: 4 }] };
    const many = Array.from({ length: 12 }, () => files);
    const { asked } = await follow(
      {
        [LOGS]: new Turns(...many, { logs: [{ name: 'tm.log', size: 6, mtime: 6 }] }),
        [LOG]: 'a\n',
      },
      4,
    );
    const looks = asked.filter((target) => target === LOGS).length;
    const fetches = asked.filter((target) => target === LOG).length;
    expect(looks).toBeGreaterThan(10);
    expect(fetches).toBeLessThan(8);
  });
});

describe('the flags', () => {
  const flags = { jobmanager: false, log: false, stdout: false, follow: false };
  const give = () => Promise.reject(new Error('an answer was given'));

  test.each([
    [['tm', 'tm.log'], { ...flags, log: true }, 'the file "tm.log" and --log exclude each other'],
    [['tm.log', 'x'], { ...flags, jobmanager: true }, '"x" follows it'],
    [['tm'], { ...flags, follow: true, json: true }, '--follow gives lines'],
  ])('%j %j are refused', async (words, given, message) => {
    await expect(answerLogs(words, given, give)).rejects.toMatchObject({
      code: 'DREY_USAGE',
      message: expect.stringContaining(message) as string,
    });
  });
});

test('a log of 200 MB goes through in little memory', { timeout: 60_000 }, async () => {
  const line = Buffer.from(`${'x'.repeat(99)}\n`.repeat(1000));
  const blocks = 2000;
  const server = createServer((request, response) => {
    if (request.url === '/taskmanagers') return response.end('{"taskmanagers":[{"id":"tm-a"}]}');
    let sent = 0;
    const send = (): void => {
      while (sent++ < blocks) {
        if (!response.write(line)) return void response.once('drain', send);
      }
      response.end();
    };
    return send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { session } = await answeringCluster({});
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { FlinkClient } = await import('../../../src/flink/rest/flink-client.ts');
  const client = new FlinkClient({ baseUrl: url }, session.platform);
  let bytes = 0;
  let most = 0;
  const before = process.memoryUsage().rss;
  const streams = {
    ...session.platform.streams,
    writeOutput: (content: Uint8Array) => {
      bytes += content.length;
      most = Math.max(most, process.memoryUsage().rss - before);
      return Promise.resolve(true);
    },
  };
  const platform = { ...session.platform, streams };
  const world = { ...session.world, platform };
  await streamLog({ ...session, client, platform, world }, whole);
  expect(bytes).toBe(blocks * line.length);
  expect(most).toBeLessThan(150 * 1024 * 1024);
});
