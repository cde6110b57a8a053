/**
 * What scripts/all-verbs.ts runs, in order. `{NAME}` stands for a value of the run: URL, GATEWAY,
 * JAR, SAVEPOINTS and FOLDER, and whatever a step remembers.
 */

export interface Step {
  /** Words after `drey`; topic and verb first. */
  readonly argv: readonly string[];
  /** Exit statuses that are right; 0 when it is missing. */
  readonly exits?: readonly number[];
  /** Keeps the first line of the answer under this name. */
  readonly remember?: string;
  /** Only to remember something: not in the transcript. */
  readonly isHidden?: boolean;
  /** Flink versions that can do it; all when it is missing. */
  readonly versions?: readonly string[];
}

export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
}

const step = (line: string, options: Omit<Step, 'argv'> = {}): Step => ({
  argv: line.split(' '),
  ...options,
});

/** Remembers an id that later steps need. */
const keep = (name: string, line: string): Step =>
  step(`${line} -o name`, { remember: name, isHidden: true });

export const chapters: readonly Chapter[] = [
  {
    title: 'Which cluster',
    steps: [
      step('context add local --url {URL} --gateway {GATEWAY} --use'),
      step('context list'),
      step('context show'),
      step('context use local'),
      step('context test local'),
      step('doctor', { exits: [0] }),
    ],
  },
  {
    title: 'The cluster',
    steps: [
      step('cluster overview'),
      step('cluster config execution.*'),
      step('cluster health'),
      step('taskmanager list'),
      keep('TM', 'taskmanager list'),
      step('taskmanager show {TM}'),
      step('taskmanager logs {TM}'),
      step('taskmanager threads {TM}'),
      step('taskmanager metrics {TM} Status.JVM.Memory.Heap.*'),
    ],
  },
  {
    title: 'Running a job',
    steps: [
      step('job run {JAR} --parallelism 2 -- ok --name orders'),
      step('job list --active'),
      step('job wait orders --for RUNNING'),
      step('job show orders'),
      step('job plan orders'),
      step('job config orders'),
      step('job metrics orders numRestarts uptime lastCheckpoint*'),
      step('job exceptions orders'),
      step('job logs orders --tail 3'),
      step('job bottleneck orders'),
      step('job list -o csv --name orders'),
      step('job list -o yaml --name orders'),
      step('job rescale orders --parallelism 1', { exits: [5] }),
    ],
  },
  {
    title: 'Checkpoints and savepoints',
    steps: [
      step('checkpoint config orders'),
      step('checkpoint trigger orders'),
      step('checkpoint list orders'),
      step('checkpoint show orders latest'),
      step('savepoint trigger orders'),
      keep('TRIGGER', 'savepoint trigger orders --detach'),
      keep('ORDERS', 'job list --name orders --active'),
      step('savepoint wait {ORDERS} {TRIGGER}'),
      step('savepoint status {ORDERS} {TRIGGER}'),
      keep('SAVEPOINT', 'savepoint trigger orders'),
      step('job stop orders'),
      step('savepoint restore {SAVEPOINT} {JAR} -- ok --name orders-again'),
      step('job cancel orders-again --dry-run'),
      step('job cancel orders-again --yes'),
      step('savepoint dispose {SAVEPOINT} --yes'),
      step('savepoint dispose {SAVEPOINT} --yes', { exits: [6] }),
      step('savepoint dispose {SAVEPOINT} --yes --if-exists'),
    ],
  },
  {
    title: 'When something is wrong',
    steps: [
      step('job run {JAR} -- fail --name broken'),
      step('job wait broken', { exits: [6] }),
      step('job exceptions broken'),
      step('job watch broken', { exits: [6] }),
      step('job run {JAR} -- fail-on-stop --name stubborn'),
      step('job stop stubborn', { exits: [6] }),
      step('job show stubborn --json'),
      step('job show nosuch', { exits: [5] }),
      step('job list --url http://127.0.0.1:9', { exits: [4] }),
      step('job list --url {GATEWAY}', { exits: [5] }),
      step('job run README.md', { exits: [3] }),
      step('job run {JAR} -- main-throws', { exits: [5] }),
    ],
  },
  {
    title: 'A slow job',
    steps: [
      step('job run {JAR} -- back-pressure --name slow'),
      step('job bottleneck slow'),
      step('job cancel slow --yes'),
    ],
  },
  {
    title: 'Jars',
    steps: [
      step('jar upload {JAR}'),
      step('jar list'),
      keep('JARID', 'jar list'),
      step('jar plan {JARID} -- ok --name planned'),
      step('jar run {JARID} -- finish --name short'),
      step('jar delete {JARID} --yes'),
    ],
  },
  {
    title: 'SQL',
    steps: [
      { argv: ['sql', 'run', '-e', 'SELECT 1 AS number_of, CAST(2.50 AS DECIMAL(5, 2)) AS price'] },
      {
        argv: [
          'sql',
          'run',
          '-e',
          "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '5')",
          '-e',
          'SELECT COUNT(*) AS rows_read FROM numbers',
        ],
      },
      { argv: ['sql', 'run', '-e', 'SELECT nosuch FROM nowhere'], exits: [6] },
    ],
  },
  { title: 'The end', steps: [step('context remove local --yes')] },
];
