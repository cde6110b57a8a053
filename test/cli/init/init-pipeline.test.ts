import { expect, test } from 'vitest';
import { initPipeline } from '../../../src/cli/init/init-pipeline.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('writes the pipeline and its data', async () => {
  const { drive, files } = simulate();
  const result = await drive(initPipeline({ folder: 'new', force: false }, files));
  expect(result.files).toEqual(['new/data/events.jsonl', 'new/pipeline.yaml']);
  const pipeline = decode(await drive(files.readAll('new/pipeline.yaml', 100_000)));
  expect(pipeline).toContain('name: events-per-minute');
  const events = decode(await drive(files.readAll('new/data/events.jsonl', 100_000)));
  expect(events.trimEnd().split('\n').map(isJson)).not.toContain(false);
});

test('a file in the way stops it before anything is written', async () => {
  const { drive, files } = simulate({ 'new/pipeline.yaml': 'mine' });
  const result = initPipeline({ folder: 'new', force: false }, files);
  await expect(drive(result)).rejects.toMatchObject({
    code: 'DREY_INIT_EXISTS',
    exitCode: 5,
    details: { existing: ['new/pipeline.yaml'] },
  });
  expect(await drive(files.status('new/data/events.jsonl'))).toBeNull();
});

test('--force replaces what is there', async () => {
  const { drive, files } = simulate({ 'new/pipeline.yaml': 'mine' });
  await drive(initPipeline({ folder: 'new', force: true }, files));
  expect(decode(await drive(files.readAll('new/pipeline.yaml', 100_000)))).not.toContain('mine');
});

function simulate(content: Readonly<Record<string, string>> = {}) {
  const platform = createSimulatedPlatform({ seed: 1, files: content });
  return {
    files: platform.files,
    drive: <T>(promise: Promise<T>): Promise<T> => platform.drive(promise),
  };
}

function isJson(line: string): boolean {
  return typeof JSON.parse(line) === 'object';
}
