import { describe, expect, test } from 'vitest';
import { readRecoverySettings } from '../../../src/cli/recovery/recovery-settings.ts';
import { isRecoveryKey } from '../../../src/cli/recovery/recovery-keys.ts';
import * as recoveryKeys from '../../../src/cli/recovery/recovery-keys.ts';
import {
  checkpointKeys,
  RESTART_STRATEGY_KEY,
  restartStrategyKeys,
} from '../../../src/engine/configuration.ts';
import { loadPipeline } from '../../../src/pipeline/parse/load-pipeline.ts';
import {
  configurationKeys,
  embeddedEngineHonours,
} from '../../../src/pipeline/spec/configuration/configuration.ts';

async function settingsOf(
  lines: readonly string[],
  parameters: ReadonlyMap<string, string> = new Map(),
) {
  const text = [
    'pipeline:',
    '  name: sample',
    '  config:',
    ...lines.map((line) => `    ${line}`),
    'sources:',
    '  events: { connector: datagen, number-of-rows: 1, columns: { id: BIGINT } }',
    'sinks:',
    '  out: { from: events, connector: blackhole }',
  ].join('\n');
  const { plan, findings } = await loadPipeline({
    text: Buffer.from(text),
    file: 'pipeline.yaml',
    folder: '/folder',
    workingDirectory: '/working',
    parameters,
    environment: {},
    strict: false,
    readSecret: () => Promise.reject(new Error('no secrets')),
  });
  if (plan === null) throw new Error(JSON.stringify(findings));
  return readRecoverySettings(plan, 'pipeline.yaml', '/scratch');
}

test('without any key nothing is taken, nothing restarts and all state is in memory', async () => {
  const settings = await settingsOf(['table.local-time-zone: UTC']);
  expect(settings).toMatchObject({
    checkpointing: { intervalMs: null, directory: null },
    restart: { kind: 'none' },
    bufferTimeoutMs: 100,
    disk: null,
    restorePath: null,
    claimMode: null,
    allowNonRestoredState: false,
    findings: [],
  });
});

test('every key of checkpoints and restarts has its effect', async () => {
  const { checkpointing, restart, findings } = await settingsOf([
    'execution.checkpointing.interval: 10s',
    'execution.checkpointing.mode: at_least_once',
    'execution.checkpointing.timeout: 1min',
    'execution.checkpointing.min-pause: 500ms',
    'execution.checkpointing.max-concurrent-checkpoints: 2',
    'execution.checkpointing.tolerable-failed-checkpoints: 3',
    'execution.checkpointing.externalized-checkpoint-retention: DELETE_ON_CANCELLATION',
    'execution.checkpointing.checkpoints-after-tasks-finish: false',
    'execution.checkpointing.num-retained: 4',
    'execution.checkpointing.dir: ./state',
    'execution.checkpointing.savepoint-dir: file:///saved',
    'execution.checkpointing.incremental: false',
    'restart-strategy.type: failure-rate',
    'restart-strategy.failure-rate.delay: 2s',
    'restart-strategy.failure-rate.max-failures-per-interval: 7',
    'restart-strategy.failure-rate.failure-rate-interval: 5min',
  ]);
  expect(findings).toEqual([]);
  expect(checkpointing).toEqual({
    intervalMs: 10_000,
    mode: 'AT_LEAST_ONCE',
    timeoutMs: 60_000,
    minPauseMs: 500,
    maxConcurrent: 2,
    tolerableFailed: 3,
    retention: 'DELETE_ON_CANCELLATION',
    isUnaligned: false,
    alignedTimeoutMs: 0,
    isTakenAfterTasksFinish: false,
    retainedMax: 4,
    directory: '/folder/state',
    savepointDirectory: '/saved',
    isIncremental: false,
  });
  expect(restart).toEqual({
    kind: 'failure-rate',
    delayMs: 2_000,
    failuresMax: 7,
    intervalMs: 300_000,
  });
});

test('older names count where the newer one is not set', async () => {
  const { checkpointing, claimMode } = await settingsOf([
    'state.checkpoints.dir: older',
    'execution.checkpointing.dir: newer',
    'state.savepoints.dir: saved',
    'execution.savepoint-restore-mode: CLAIM',
  ]);
  expect(checkpointing).toMatchObject({
    directory: '/folder/newer',
    savepointDirectory: '/folder/saved',
  });
  expect(claimMode).toBe('CLAIM');
});

test('a folder that comes from a parameter starts at the working directory', async () => {
  const parameters = new Map([['DIR', 'given']]);
  const { checkpointing } = await settingsOf(['execution.checkpointing.dir: ${DIR}'], parameters);
  expect(checkpointing.directory).toBe('/working/given');
});

test('with checkpoints a job restarts with exponential delay, as in Flink', async () => {
  const { restart } = await settingsOf([
    'execution.checkpointing.interval: 10s',
    'execution.checkpointing.dir: state',
  ]);
  expect(restart).toMatchObject({ kind: 'exponential-delay', attemptsMax: Infinity });
});

test('checkpoints of a job that was cancelled stay unless the file says otherwise', async () => {
  const { checkpointing } = await settingsOf(['execution.checkpointing.interval: 10s']);
  expect(checkpointing.retention).toBe('RETAIN_ON_CANCELLATION');
});

test('the disk backend works in the local folder, within its memory', async () => {
  const settings = await settingsOf([
    'state.backend.type: rocksdb',
    'state.backend.rocksdb.memory.fixed-per-slot: 64mb',
  ]);
  expect(settings.disk).toEqual({ folder: '/scratch', memoryBytes: 64 * 1024 * 1024 });
});

test('a buffer timeout that is switched off sends only full batches', async () => {
  const settings = await settingsOf(['execution.buffer-timeout.enabled: false']);
  expect(settings.bufferTimeoutMs).toBeNull();
});

describe('what is wrong is named with its place', () => {
  test.each([
    ['execution.checkpointing.interval: 5ms', 'error', 'must be at least 10ms'],
    ['execution.checkpointing.dir: s3://bucket/state', 'error', 'local folders only'],
    ['restart-strategy.type: sometimes', 'error', 'no restart strategy'],
    ['restart-strategy.type: cluster-custom-factory', 'error', 'no restart strategy'],
    ['state.backend.type: forst', 'error', 'does not have'],
    ['execution.state-recovery.claim-mode: LEGACY', 'error', 'no longer there'],
    ['execution.checkpointing.aligned-checkpoint-timeout: 1s', 'warning', 'is ignored without'],
  ])('%s', async (line, severity, message) => {
    const settings = await settingsOf([line]);
    const findings = [...settings.findings, ...settings.embeddedFindings];
    expect(findings[0]).toMatchObject({ severity, line: 4, column: line.indexOf(': ') + 7 });
    expect(findings[0]!.message).toContain(message);
  });

  test('an interval without a folder is a warning that says what is kept', async () => {
    const settings = await settingsOf(['execution.checkpointing.interval: 10s']);
    expect(settings.findings).toEqual([]);
    expect(settings.embeddedFindings).toMatchObject([{ severity: 'warning', line: 4 }]);
    expect(settings.embeddedFindings[0]!.message).toContain('kept in memory');
  });

  test('a restart strategy out of bounds is named by its own key', async () => {
    const { findings } = await settingsOf([
      'restart-strategy.type: exponential-delay',
      'restart-strategy.exponential-delay.jitter-factor: 1.5',
    ]);
    expect(findings).toMatchObject([{ severity: 'error', line: 5 }]);
  });
});

test('what is read here is what is said to be honoured', () => {
  const others = Object.values(recoveryKeys).flatMap((key) =>
    typeof key === 'function' ? [] : [key.name, ...key.olderNames],
  );
  const read = [
    ...Object.values(checkpointKeys).flatMap(({ name, olderNames }) => [name, ...olderNames]),
    RESTART_STRATEGY_KEY,
    ...Object.values(restartStrategyKeys).flatMap((keys) => Object.values(keys)),
    ...others,
  ].filter((name) => Object.hasOwn(configurationKeys, name));
  const honoured = Object.keys(configurationKeys).filter(
    (name) => isRecoveryKey(name) && embeddedEngineHonours(name).kind === 'yes',
  );
  expect(honoured.toSorted()).toEqual(read.toSorted());
});
