/**
 * The verbs that are put before the hostile server. What each asks for is found out before an
 * honest one; here stands only what its requests are to it where that is not plain.
 */
import {
  JAR_ID,
  JOB_ID,
  SAVEPOINT_PATH,
  TASK_MANAGER_ID,
  TRIGGER_ID,
  VERTEX_ID,
  type Effect,
} from './honest-flink.ts';

export interface Verb {
  /** Without the flags that say where and how long. */
  readonly argv: readonly string[];
  /** What it is there for; null: it only reads. */
  readonly does: Effect['kind'] | null;
  /** Endpoints without which the result is poorer, but there. */
  readonly optional?: readonly string[];
  /** Endpoints that are asked when all is done, to say more about it. */
  readonly describes?: readonly string[];
  /** Fails with 6 when Flink refuses what it was given to run. */
  readonly runsStatements?: boolean;
  /** Says what is wrong as its result, and not as an error. */
  readonly reports?: boolean;
  /** Exit statuses that are its answer, and no errors. */
  readonly answersWith?: readonly number[];
  /** Endpoints that are asked as long as something goes on that others have begun. */
  readonly watches?: readonly string[];
  /** The job ends by itself when it has been looked at so often. */
  readonly endsAfter?: number;
  /** Asks again and again, until the job has ended or nobody answers. */
  readonly goesOn?: boolean;
  /** Under --json it prints one value after the other. */
  readonly printsLines?: boolean;
}

type Details = Omit<Verb, 'argv' | 'does'>;

const reads = (argv: string, details: Details = {}): Verb => ({
  argv: argv.split(' '),
  does: null,
  ...details,
});

const changes = (does: Effect['kind'], argv: string, details: Details = {}): Verb => ({
  argv: argv.split(' '),
  does,
  ...details,
});

const CHECKPOINTS = 'GET /jobs/:id/checkpoints';
const LOOK = 'GET /jobs/:id/savepoints/:id';
const STATUS = 'GET /jobs/:id/status';
const LOAD = [
  'GET /jobs/:id/metrics',
  'GET /overview',
  'GET /jobs/:id/vertices/:id',
  'GET /jobs/:id/vertices/:id/backpressure',
  'GET /jobs/:id/vertices/:id/subtasks/metrics',
  'GET /jobs/:id/vertices/:id/watermarks',
];

/** Each step of it may fail without the others. */
const DOCTOR = [
  'GET /',
  'GET /config',
  'GET /overview',
  'GET /jars',
  'GET /jobs/overview',
  'GET /taskmanagers',
  'GET /jobmanager/config',
  'GET /api_versions',
];
const METASPACE = ['GET /jobmanager/metrics'];
const GATEWAY_CLEANUP = [
  'DELETE /sessions/:handle',
  'DELETE /sessions/:handle/operations/:handle/close',
];

export const verbs: readonly Verb[] = [
  reads('job list'),
  reads('job list -o wide'),
  reads(`job show ${JOB_ID}`, {
    optional: [
      ...LOAD,
      CHECKPOINTS,
      'GET /jobs/:id/exceptions',
      'GET /jobs/:id/checkpoints/config',
    ],
  }),
  reads(`job config ${JOB_ID}`, { optional: ['GET /jobs/:id/checkpoints/config'] }),
  reads(`job exceptions ${JOB_ID}`),
  reads(`job plan ${JOB_ID}`),
  reads(`job logs ${JOB_ID}`, {
    optional: ['GET /taskmanagers/:taskmanager/logs', 'GET /taskmanagers/:taskmanager/log'],
  }),
  reads(`job logs ${JOB_ID} --files`, { optional: ['GET /taskmanagers/:taskmanager/logs'] }),
  reads(`job metrics ${JOB_ID} --list`),
  reads(`job metrics ${JOB_ID} numRecordsIn --vertex ${VERTEX_ID}`, {
    optional: ['GET /jobs/:id/metrics'],
  }),
  reads(`job bottleneck ${JOB_ID}`, { optional: LOAD }),
  reads(`job watch ${JOB_ID} --interval 20ms`, {
    optional: [...LOAD, CHECKPOINTS, 'GET /jobs/:id/exceptions'],
    endsAfter: 2,
    goesOn: true,
    printsLines: true,
  }),
  reads(`job wait ${JOB_ID}`, {
    watches: [STATUS, 'GET /jobs/:id', 'GET /jobs/overview'],
    endsAfter: 2,
  }),
  reads(`job wait ${JOB_ID} --for RUNNING`, {
    watches: [STATUS, 'GET /jobs/:id', 'GET /jobs/overview'],
  }),
  changes('cancel', `job cancel ${JOB_ID} --yes`),
  changes('stop', `job stop ${JOB_ID}`, { optional: [CHECKPOINTS] }),
  changes('savepoint', `savepoint trigger ${JOB_ID}`, {
    optional: [CHECKPOINTS],
    describes: [CHECKPOINTS],
  }),
  changes('savepoint', `savepoint trigger ${JOB_ID} --detach`, { optional: [CHECKPOINTS] }),
  reads(`checkpoint list ${JOB_ID}`),
  reads(`checkpoint show ${JOB_ID}`, { optional: ['GET /jobs/:id'] }),
  reads(`checkpoint show ${JOB_ID} 5 --subtasks`, { optional: ['GET /jobs/:id'] }),
  reads(`checkpoint config ${JOB_ID}`),
  changes('checkpoint', `checkpoint trigger ${JOB_ID}`, { describes: [CHECKPOINTS] }),
  reads(`savepoint status ${JOB_ID} ${TRIGGER_ID}`, {
    watches: [LOOK],
    optional: [CHECKPOINTS],
    answersWith: [6, 10],
  }),
  reads(`savepoint wait ${JOB_ID} ${TRIGGER_ID}`, { watches: [LOOK], optional: [CHECKPOINTS] }),
  changes('dispose', `savepoint dispose ${SAVEPOINT_PATH} --yes`, { optional: [CHECKPOINTS] }),
  changes('rescale', `job rescale ${JOB_ID} --parallelism 1 --detach`),
  reads('context test', { optional: ['GET /overview', 'GET /jobs/overview'] }),
  reads('doctor', { optional: DOCTOR, reports: true }),
  reads('cluster overview', { optional: ['GET /jobs/overview'] }),
  reads('cluster config'),
  reads('cluster health', {
    optional: [
      ...LOAD,
      CHECKPOINTS,
      'GET /',
      'GET /jobs/:id',
      'GET /jobs/:id/exceptions',
      'GET /jobmanager/config',
      'GET /jobmanager/metrics',
      'GET /taskmanagers/:taskmanager/metrics',
    ],
  }),
  reads('jar list'),
  reads(`jar plan ${JAR_ID}`),
  changes('upload', 'jar upload {jar}'),
  changes('delete', `jar delete ${JAR_ID} --yes`),
  changes('run', `jar run ${JAR_ID}`, { optional: METASPACE }),
  changes('run', 'job run {jar}', { optional: METASPACE, describes: ['GET /jars'] }),
  changes('run', `savepoint restore ${SAVEPOINT_PATH} ${JAR_ID}`, { optional: METASPACE }),
  reads('taskmanager list', {
    optional: ['GET /', 'GET /jobs/overview', 'GET /taskmanagers/:taskmanager'],
  }),
  reads(`taskmanager show ${TASK_MANAGER_ID}`, {
    optional: ['GET /', 'GET /jobs/overview', 'GET /taskmanagers/:taskmanager/metrics'],
  }),
  reads(`taskmanager logs ${TASK_MANAGER_ID}`),
  reads(`taskmanager logs ${TASK_MANAGER_ID} --log`),
  reads(`taskmanager metrics ${TASK_MANAGER_ID}`),
  reads(`taskmanager threads ${TASK_MANAGER_ID}`),
  reads('sql run -e SELECT1 --gateway {url}', {
    describes: GATEWAY_CLEANUP,
    printsLines: true,
    runsStatements: true,
  }),
];
