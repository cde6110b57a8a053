/**
 * Answers that are the same at all times: metrics, logs, configuration, TaskManagers, and what the
 * SQL Gateway says. What was recorded is named; the rest has the form that Flink 2.3.0 gives it.
 */
import type { HonestAnswer, HostileRequest } from '../support/hostile-server.ts';

const JOB = '/jobs/[0-9a-f]{32}';
const VERTEX = `${JOB}/vertices/[0-9a-f]{32}`;

/** Names of recordings, by call. */
export const steadyRecordings: readonly (readonly [RegExp, string])[] = [
  [route(`GET ${VERTEX}`), 'vertex'],
  [route(`GET ${VERTEX}/backpressure`), 'vertex-backpressure'],
  [route(`GET ${VERTEX}/watermarks`), 'vertex-watermarks'],
  [route(`GET ${VERTEX}/taskmanagers`), 'vertex-taskmanagers'],
  [route('GET /taskmanagers'), 'taskmanagers'],
  [route('GET /taskmanagers/[^/]+'), 'tm'],
];

const LOG_NAME = 'flink-taskexecutor-0.log';
const LOG_LINES = Array.from(
  { length: 20 },
  (_, index) =>
    `2026-11-27 15:23:${index + 10},137 INFO  org.apache.flink.Task [] - line ${index}\n`,
);
const text = (body: string): HonestAnswer => ({
  status: 200,
  body,
  headers: { 'content-type': 'text/plain' },
});
const json = (body: unknown): HonestAnswer => ({ status: 200, body });

const logs = json({
  logs: [
    { name: LOG_NAME, size: 1700, mtime: 1_795_795_640_674 },
    { name: 'flink-taskexecutor-0.out', size: 0, mtime: 1_795_793_009_018 },
  ],
});
const threads = json({
  threadInfos: [
    {
      threadName: 'main',
      stringifiedThreadInfo:
        '"main" Id=1 WAITING on java.util.concurrent.CompletableFuture$Signaller@5e5cc34b\n\tat java.base@17/jdk.internal.misc.Unsafe.park(Native Method)\n\n',
    },
    {
      threadName: 'checker',
      stringifiedThreadInfo:
        '"checker" Id=9 BLOCKED on a.Lock@1 owned by "main" Id=1\n\tat a.B.c(D.java:1)\n\n',
    },
  ],
});
const configuration = json([
  { key: 'parallelism.default', value: '1' },
  { key: 'execution.checkpointing.interval', value: '2s' },
  { key: 's3.secret-key', value: '******' },
]);

const METRIC_NAMES = [
  'numRecordsIn',
  'busyTimeMsPerSecond',
  'Status.JVM.CPU.Load',
  'lastCheckpointDuration',
];

/** What the SQL Gateway says of any statement: one row, of one page. */
const page = {
  isQueryResult: true,
  jobID: 'a52276aa8d4346522a3399c6c41b841d',
  resultKind: 'SUCCESS_WITH_CONTENT',
};
const columns = [
  { name: 'a', logicalType: { type: 'INTEGER', nullable: false }, comment: null },
  { name: 'b', logicalType: { type: 'CHAR', nullable: false, length: 1 }, comment: null },
];
const firstPage = (path: string): HonestAnswer =>
  json({
    resultType: 'PAYLOAD',
    ...page,
    results: { columns, rowFormat: 'JSON', data: [{ kind: 'INSERT', fields: [1, 'x'] }] },
    nextResultUri: `${path.replace(/0$/, '1')}?rowFormat=JSON`,
  });
const lastPage = json({
  resultType: 'EOS',
  ...page,
  results: { columns, rowFormat: 'JSON', data: [] },
});

type Respond = (request: HostileRequest) => HonestAnswer;

const routes: readonly (readonly [RegExp, Respond])[] = [
  [
    /^GET \/$/,
    () => ({ ...text('<html></html>'), headers: { date: 'Fri, 27 Nov 2026 15:30:00 GMT' } }),
  ],
  [route('GET /(?:jobmanager|taskmanagers/[^/]+)/logs'), () => logs],
  [
    route('GET /(?:jobmanager|taskmanagers/[^/]+)/(?:log|stdout|logs/[^/]+)'),
    () => text(LOG_LINES.join('')),
  ],
  [route('GET /(?:jobmanager|taskmanagers/[^/]+)/thread-dump'), () => threads],
  [route('GET /jobmanager/config'), () => configuration],
  [route('GET /api_versions'), () => json({ versions: ['V1', 'V2', 'V3', 'V4'] })],
  [route('POST /sessions'), () => json({ sessionHandle: '5a33fea8-0fb8-44f5-a0ba-41e45353135a' })],
  [route('GET /sessions/[^/]+'), () => json({ properties: {} })],
  [route('DELETE /sessions/[^/]+'), () => json({ status: 'CLOSED' })],
  [route('POST /sessions/[^/]+/(?:heartbeat|configure-session)'), () => json({})],
  [route('GET /sessions/[^/]+/operations/[^/]+/status'), () => json({ status: 'FINISHED' })],
  [route('GET /sessions/[^/]+/operations/[^/]+/result/0'), ({ path }) => firstPage(path)],
  [route('GET /sessions/[^/]+/operations/[^/]+/result/[1-9]\\d*'), () => lastPage],
  [route('DELETE /sessions/[^/]+/operations/[^/]+/close'), () => json({ status: 'CLOSED' })],
  [route('POST /sessions/[^/]+/operations/[^/]+/cancel'), () => json({ status: 'CANCELED' })],
  [route(`GET ${VERTEX}/subtasks/metrics`), aggregated],
  [route(`GET ${VERTEX}/metrics`), (request) => metrics(request, '0.')],
  [
    route(`GET (?:${JOB}|/jobmanager|/taskmanagers/[^/]+)/metrics`),
    (request) => metrics(request, ''),
  ],
];

/** Null: it is no call of these. */
export function steadyAnswer(call: string, request: HostileRequest): HonestAnswer | null {
  const found = routes.find(([pattern]) => pattern.test(call));
  return found === undefined ? null : found[1](request);
}

/** Names alone, or values for the names that are asked for. */
function metrics({ query }: HostileRequest, prefix: string): HonestAnswer {
  const names = new URLSearchParams(query).get('get')?.split(',');
  return json(
    names === undefined
      ? METRIC_NAMES.map((name) => ({ id: `${prefix}${name}` }))
      : names.map((id) => ({ id, value: '0.5' })),
  );
}

function aggregated({ query }: HostileRequest): HonestAnswer {
  const names = new URLSearchParams(query).get('get')?.split(',') ?? METRIC_NAMES;
  return json(names.map((id) => ({ id, min: 0.5, max: 1, avg: 0.75, sum: 1.5 })));
}

function route(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
