import { expect, test } from 'vitest';
import {
  configurationLines,
  ignoredKeys,
} from '../../../src/cli/pipeline/honoured-configuration.ts';
import { samplePlan } from './sample-plan.ts';

test('every key of the file is there with those that honour it', async () => {
  expect(configurationLines(await samplePlan())).toEqual([
    {
      key: 'table.local-time-zone',
      value: 'Europe/Berlin',
      honouredBy: ['embedded', 'flink'],
    },
    { key: 'execution.checkpointing.interval', value: '10s', honouredBy: ['embedded', 'flink'] },
    { key: 'state.latency-track.history-size', value: '9', honouredBy: ['flink'] },
    { key: 'taskmanager.numberOfTaskSlots', value: '3', honouredBy: ['flink'] },
    { key: 'no.such.key', value: 'x', honouredBy: [] },
  ]);
});

test('keys without effect are told apart by whether they will have one', async () => {
  expect(ignoredKeys(await samplePlan())).toEqual({
    notYet: ['state.latency-track.history-size'],
    notApplicable: ['taskmanager.numberOfTaskSlots'],
  });
});
