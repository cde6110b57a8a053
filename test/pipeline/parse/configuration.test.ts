import { describe, expect, test } from 'vitest';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

const withConfig = (...lines: readonly string[]): string =>
  around('t: { from: s }').replace(
    'pipeline: { name: job }',
    `pipeline:\n  name: job\n  config:\n${lines.map((line) => `    ${line}`).join('\n')}`,
  );

test('an unknown key is a warning with the nearest key', async () => {
  const { plan, findings } = await loadText(withConfig('execution.checkpointing.intervall: 10s'));
  expect(findings).toMatchObject([
    {
      code: 'DREY_PIPELINE_CONFIGURATION_KEY',
      severity: 'warning',
      line: 4,
      column: 5,
      hint: 'Did you mean "execution.checkpointing.interval"?',
    },
  ]);
  expect(plan?.configuration.get('execution.checkpointing.intervall')).toBe('10s');
});

test('an unknown key is an error under strict', async () => {
  const text = withConfig('execution.checkpointing.intervall: 10s');
  expect(await findingsOf(text, { strict: true })).toEqual(['4:5 DREY_PIPELINE_CONFIGURATION_KEY']);
});

test.each([
  'execution.checkpointing.interval: 10 min',
  'execution.checkpointing.mode: exactly_once',
  'state.backend.type: rocksdb',
  'state.backend.rocksdb.memory.managed: true',
  'taskmanager.memory.process.size: 1728m',
  'taskmanager.numberOfTaskSlots: 4',
  'restart-strategy.type: fixed-delay',
  'restart-strategy.fixed-delay.attempts: 3',
  'state.checkpoints.dir: file:///tmp/chk',
  'table.exec.source.idle-timeout: 30s',
  'metrics.reporter.prom.factory.class: x.Y',
  's3.access-key: k',
])('%s fits', async (line) => {
  expect(await findingsOf(withConfig(line), { strict: true })).toEqual([]);
});

test.each([
  'execution.checkpointing.interval: 10 sekunden',
  'execution.checkpointing.mode: MOSTLY_ONCE',
  'state.backend.rocksdb.memory.managed: yes',
  'taskmanager.memory.process.size: big',
  'taskmanager.numberOfTaskSlots: 4.5',
  'taskmanager.numberOfTaskSlots: 2147483648',
  'restart-strategy.fixed-delay.attempts: many',
  'parallelism.default: ""',
  'table.local-time-zone: Mars/Base',
])('%s does not fit', async (line) => {
  const place = `4:${line.indexOf(': ') + 7} DREY_PIPELINE_CONFIGURATION_VALUE`;
  expect(await findingsOf(withConfig(line))).toEqual([place]);
});

describe('keys that the plan takes over', () => {
  test('parallelism.default stands behind pipeline.parallelism', async () => {
    expect((await planOf(withConfig('parallelism.default: 3'))).parallelism).toBe(3);
    const both = withConfig('parallelism.default: 3').replace(
      'name: job',
      'name: job\n  parallelism: 2',
    );
    expect((await planOf(both)).parallelism).toBe(2);
  });

  test('table.local-time-zone is UTC unless it is set', async () => {
    expect((await planOf(around('t: { from: s }'))).timeZone).toBe('UTC');
    expect((await planOf(withConfig('table.local-time-zone: Asia/Shanghai'))).timeZone).toBe(
      'Asia/Shanghai',
    );
  });
});
