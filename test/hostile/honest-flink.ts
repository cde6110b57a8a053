/**
 * The JobManager behind the hostile server: answers from recordings of Flink 2.3.0, remembers what
 * was triggered, and counts what each request really did. It sees what the client cannot.
 */
import type { HonestAnswer, HostileRequest } from '../support/hostile-server.ts';
import { recordingsOf, type Recording } from '../support/flink-recordings.ts';
import { steadyAnswer, steadyRecordings } from './steady-answers.ts';

const recordings = recordingsOf('2.3.0');

function recorded(name: string): Recording {
  const recording = recordings.get(name);
  if (recording === undefined) throw new Error(`nothing was recorded as ${name}`);
  return recording;
}

type Json = Record<string, unknown>;
const bodyOf = (name: string): Json => structuredClone(recorded(name).body) as Json;

/** The job that the verbs are about: RUNNING at first, with checkpoints and two vertices. */
export const JOB_ID = String(bodyOf('job')['jid']);
export const VERTEX_ID = String((bodyOf('job')['vertices'] as Json[])[0]?.['id']);
export const TASK_MANAGER_ID = String(
  (bodyOf('taskmanagers')['taskmanagers'] as Json[])[0]?.['id'],
);
export const JAR_ID = String((bodyOf('jars')['files'] as Json[])[0]?.['id']);
/** An operation that is over, for those who ask about it without having triggered it. */
export const TRIGGER_ID = 'abababababababababababababababab';
export const SAVEPOINT_PATH = 'file:/flink/sp/savepoint-d65e9c-910a2950af14';

/** What a request did. Two of one key for one command are one too many. */
export interface Effect {
  readonly kind:
    | 'savepoint'
    | 'stop'
    | 'cancel'
    | 'checkpoint'
    | 'run'
    | 'upload'
    | 'delete'
    | 'dispose'
    | 'rescale'
    | 'sql';
  readonly key: string;
}

interface Operation {
  readonly kind: 'savepoint' | 'checkpoint' | 'disposal' | 'vain-disposal';
  looks: number;
}

/** The first look at an operation says that it goes on. */
const LOOKS_UNTIL_DONE = 1;
const CHECKPOINT_ID = 13;

export class HonestFlink {
  readonly effects: Effect[] = [];
  private readonly operations = new Map<string, Operation>([
    [TRIGGER_ID, { kind: 'savepoint', looks: LOOKS_UNTIL_DONE }],
  ]);
  /** Bounds of each vertex, as the adaptive scheduler has them. */
  requirements: Json = Object.fromEntries(
    (bodyOf('job')['vertices'] as Json[]).map(({ id }) => [
      id,
      { parallelism: { lowerBound: 1, upperBound: 2 } },
    ]),
  );
  private state = 'RUNNING';
  private looksUntilEnd = Infinity;
  private readonly started = new Map<string, string>();
  private readonly restoredFrom = new Map<string, string>();
  private readonly uploaded: string[] = [];
  private readonly deleted = new Set<string>();

  answer(request: HostileRequest): HonestAnswer {
    const path = request.path.replace(/^.*?\/flink(?=\/)/, '').replace(/^\/v\d+/, '');
    const call = `${request.method} ${path}`;
    for (const [pattern, respond] of routes) {
      const match = pattern.exec(call);
      if (match !== null) return respond(this, match.slice(1), request);
    }
    const steady = steadyAnswer(call, request);
    if (steady !== null) return steady;
    const name = steadyRecordings.find(([pattern]) => pattern.test(call))?.[1];
    return asRecorded(name ?? 'nosuch');
  }

  /** A job that ends by itself, or was ended. */
  end(state: string): void {
    this.state = state;
  }

  /** A job that ends by itself when it has been looked at so often. */
  endAfter(looks: number): void {
    this.looksUntilEnd = looks;
  }

  /** As after a restart of the JobManager: operations are gone. */
  forget(): void {
    this.operations.clear();
  }

  trigger(kind: Operation['kind'], effect: Effect['kind'], requested: unknown): HonestAnswer {
    const id = typeof requested === 'string' ? requested : newId(this.operations.size);
    if (!this.operations.has(id)) {
      this.operations.set(id, { kind, looks: 0 });
      if (kind !== 'vain-disposal') this.effects.push({ kind: effect, key: id });
    }
    return { status: effect === 'dispose' ? 200 : 202, body: { 'request-id': id } };
  }

  /** A second time there is nothing to be deleted, which the operation says. */
  dispose(fields: Json): HonestAnswer {
    const path = String(fields['savepoint-path']);
    const kind = this.deleted.has(path) ? 'vain-disposal' : 'disposal';
    this.deleted.add(path);
    return this.trigger(kind, 'dispose', fields['triggerId']);
  }

  operation(id: string): HonestAnswer {
    const operation = this.operations.get(id);
    if (operation === undefined) return asRecorded('sp-status-unknown');
    if (operation.looks++ < LOOKS_UNTIL_DONE) return asRecorded('sp-status-0');
    const result = RESULTS[operation.kind];
    return { status: 200, body: { status: { id: 'COMPLETED' }, operation: result } };
  }

  /** Like the recording, with the state that the job is in now, and the jobs that were started. */
  jobs(): HonestAnswer {
    const overview = bodyOf('jobs-overview');
    const [first] = overview['jobs'] as Json[];
    const jobs = (overview['jobs'] as Json[]).map((job) =>
      job['jid'] === JOB_ID
        ? { ...job, state: this.stateOf(JOB_ID), schedulerType: 'Adaptive' }
        : job,
    );
    const more = [...this.started].map(([jid, name]) => ({
      ...first,
      jid,
      name,
      state: 'RUNNING',
    }));
    return { status: 200, body: { jobs: [...more, ...jobs] } };
  }

  stateOf(id: string): string {
    if (id === JOB_ID && this.looksUntilEnd-- <= 0) this.state = 'FINISHED';
    return id === JOB_ID ? this.state : 'RUNNING';
  }

  knows(id: string): boolean {
    return this.started.has(id) || isRecordedJob(id);
  }

  /** Of a job that was started here: with what it was restored from. */
  checkpoints(id: string): HonestAnswer {
    const from = this.restoredFrom.get(id);
    if (from === undefined) return asRecorded('ck-after-sp');
    const body = bodyOf('restored-ck');
    const latest = body['latest'] as Json;
    const restored = { ...(latest['restored'] as Json), external_path: from };
    return { status: 200, body: { ...body, latest: { ...latest, restored } } };
  }

  run({ jobId: requested, savepointPath }: Json): HonestAnswer {
    const id = typeof requested === 'string' ? requested : newId(this.started.size);
    if (this.started.has(id)) return asRecorded('jar-run-fixed-id-dup');
    this.started.set(id, 'tick');
    if (typeof savepointPath === 'string') this.restoredFrom.set(id, savepointPath);
    this.effects.push({ kind: 'run', key: id });
    return { status: 200, body: { jobid: id, applicationId: id } };
  }

  upload(form: string): HonestAnswer {
    const name = /filename="([^"]*\.jar)"/.exec(form)?.[1];
    if (name === undefined) return asRecorded('jar-upload-notjar');
    const id = `c093b49c-d2fc-4bf8-8066-01e2cc3f00a${this.uploaded.length}_${name}`;
    this.uploaded.push(id);
    this.effects.push({ kind: 'upload', key: 'jar' });
    return {
      status: 200,
      body: { filename: `/flink/up/flink-web-upload/${id}`, status: 'success' },
    };
  }

  jars(): HonestAnswer {
    const body = bodyOf('jars');
    const [first] = body['files'] as Json[];
    const more = this.uploaded.map((id) => ({ ...first, id, name: id.replace(/^[^_]*_/, '') }));
    const all = [...more, ...(body['files'] as Json[])];
    const kept = all.filter(({ id }) => !this.deleted.has(String(id)));
    return { status: 200, body: { ...body, files: kept } };
  }

  deleteJar(id: string): HonestAnswer {
    if (this.deleted.has(id)) return asRecorded('jar-delete-again');
    this.deleted.add(id);
    this.did('delete', id);
    return asRecorded('jar-delete');
  }

  did(kind: Effect['kind'], key: string): void {
    this.effects.push({ kind, key });
  }
}

const RESULTS = {
  savepoint: { location: SAVEPOINT_PATH },
  checkpoint: { checkpointId: CHECKPOINT_ID },
  disposal: {},
  // The recording was cut before its cause.
  'vain-disposal': {
    'failure-cause': {
      class: 'org.apache.flink.util.FlinkException',
      'stack-trace':
        'org.apache.flink.util.FlinkException: Could not dispose savepoint file:/x.\n\tat a.B.c(D.java:1)\nCaused by: java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory file:/x.\n\t... 9 more\n',
    },
  },
} as const;

export function asRecorded(name: string): HonestAnswer {
  const { status, body } = recorded(name);
  return { status, body };
}

function isRecordedJob(id: string): boolean {
  return (bodyOf('jobs-overview')['jobs'] as Json[]).some(({ jid }) => jid === id);
}

function newId(count: number): string {
  return `5e${String(count).padStart(30, '0')}`;
}

function fieldsOf({ body }: HostileRequest): Json {
  if (body.length === 0) return {};
  const value: unknown = JSON.parse(body.toString());
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

type Respond = (
  flink: HonestFlink,
  ids: readonly string[],
  request: HostileRequest,
) => HonestAnswer;

const always =
  (name: string): Respond =>
  () =>
    asRecorded(name);

/** Of a job's own resources: what was recorded for the one job holds for all that are known. */
const ofJob =
  (respond: Respond): Respond =>
  (flink, ids, request) =>
    flink.knows(ids[0] ?? '') ? respond(flink, ids, request) : asRecorded('job-missing');

const HEX = '([0-9a-f]{32})';

const routes: readonly (readonly [RegExp, Respond])[] = [
  [/^GET \/overview$/, always('overview')],
  [/^GET \/config$/, always('config')],
  [/^GET \/jobs\/overview$/, (flink) => flink.jobs()],
  [
    route(`GET /jobs/${HEX}`),
    ofJob((flink, [id = '']) => ({
      status: 200,
      body: { ...bodyOf('job'), jid: id, state: flink.stateOf(id) },
    })),
  ],
  [
    route(`GET /jobs/${HEX}/status`),
    ofJob((flink, [id = '']) => ({ status: 200, body: { status: flink.stateOf(id) } })),
  ],
  [route(`GET /jobs/${HEX}/config`), ofJob(always('job-config'))],
  [route(`GET /jobs/${HEX}/plan`), ofJob(always('job-plan'))],
  [
    route(`GET /jobs/${HEX}/execution-result`),
    ofJob((flink, [id = '']) =>
      asRecorded(flink.stateOf(id) === 'RUNNING' ? 'running-result' : 'stopped-result'),
    ),
  ],
  [route(`GET /jobs/${HEX}/exceptions`), ofJob(always('failed-exceptions'))],
  [route(`GET /jobs/${HEX}/checkpoints`), ofJob((flink, [id = '']) => flink.checkpoints(id))],
  [route(`GET /jobs/${HEX}/checkpoints/config`), ofJob(always('ck-config'))],
  [route(`GET /jobs/${HEX}/checkpoints/details/\\d+`), ofJob(always('ck-details'))],
  [
    route(`GET /jobs/${HEX}/checkpoints/details/\\d+/subtasks/${HEX}`),
    ofJob(always('ck-subtasks')),
  ],
  [
    route(`GET /jobs/${HEX}/(?:checkpoints|savepoints)/${HEX}`),
    (flink, [, id = '']) => flink.operation(id),
  ],
  [
    route(`POST /jobs/${HEX}/savepoints`),
    (flink, _, request) => flink.trigger('savepoint', 'savepoint', fieldsOf(request)['triggerId']),
  ],
  [
    route(`POST /jobs/${HEX}/checkpoints`),
    (flink, _, request) =>
      flink.trigger('checkpoint', 'checkpoint', fieldsOf(request)['triggerId']),
  ],
  [
    route(`POST /jobs/${HEX}/stop`),
    (flink, _, request) => {
      const answer = flink.trigger('savepoint', 'stop', fieldsOf(request)['triggerId']);
      flink.end('FINISHED');
      return answer;
    },
  ],
  [
    route(`PATCH /jobs/${HEX}`),
    ofJob((flink, [id = '']) => {
      if (flink.stateOf(id) !== 'RUNNING') return asRecorded('cancel-again');
      flink.did('cancel', id);
      flink.end('CANCELED');
      return asRecorded('cancel');
    }),
  ],
  [/^GET \/jars$/, (flink) => flink.jars()],
  [/^POST \/jars\/upload$/, (flink, _, { body }) => flink.upload(body.toString('latin1'))],
  [/^POST \/jars\/[^/]+\/run$/, (flink, _, request) => flink.run(fieldsOf(request))],
  [/^POST \/jars\/[^/]+\/plan$/, always('jar-plan')],
  [
    route(`GET /jobs/${HEX}/resource-requirements`),
    ofJob((flink) => ({ status: 200, body: flink.requirements })),
  ],
  [
    route(`PUT /jobs/${HEX}/resource-requirements`),
    ofJob((flink, [id = ''], request) => {
      flink.requirements = fieldsOf(request);
      flink.did('rescale', id);
      return { status: 200, body: {} };
    }),
  ],
  [
    /^POST \/sessions\/[^/]+\/statements$/,
    (flink, _, request) => {
      const statement = String(fieldsOf(request)['statement']);
      if (statement.startsWith('INSERT')) flink.did('sql', statement);
      return { status: 200, body: { operationHandle: '311ad41e-af40-41a5-a167-8f17b8ee9239' } };
    },
  ],
  [/^DELETE \/jars\/([^/]+)$/, (flink, [id = '']) => flink.deleteJar(id)],
  [/^POST \/savepoint-disposal$/, (flink, _, request) => flink.dispose(fieldsOf(request))],
  [route(`GET /savepoint-disposal/${HEX}`), (flink, [id = '']) => flink.operation(id)],
];

function route(text: string): RegExp {
  return new RegExp(`^${text}$`);
}
