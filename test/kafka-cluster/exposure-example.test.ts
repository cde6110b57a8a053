import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { drey, repositoryRoot } from '../e2e/drey-process.ts';
import { givenKafka } from '../peers/kafka-under-test.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EXAMPLE = 'examples/exposure-kafka/pipeline.yaml';
const FILES = [
  EXAMPLE,
  'examples/exposure-uv/data/events.jsonl',
  'examples/exposure-uv/data/localities.csv',
];
const servers = givenKafka().servers.PLAINTEXT.join(',');
const environment = { DREY_BOOTSTRAP_SERVERS: servers, KAFKA: servers };

/** What a README says behind the export, word by word. */
function commandsOf(readme: string): readonly (readonly string[])[] {
  const text = readFileSync(join(repositoryRoot, readme), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  const lines = blocks.find((block) => block.includes('drey topic create events'))!;
  const [, ...commands] = lines.trim().split('\n');
  return commands.map((line) => line.replace(/^drey /, '').split(' '));
}

const textOf = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const sortedLines = (text: string): readonly string[] => text.trim().split('\n').toSorted();

it('five commands of the README take events from a topic to rows for Druid', async () => {
  const commands = commandsOf('README.md');
  expect(commands).toEqual(commandsOf('examples/exposure-kafka/README.md'));
  expect(commands).toHaveLength(5);
  const folder = temporaryFolder();
  for (const file of FILES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(repositoryRoot, file), join(folder, file));
  }
  const options = { folder, environment };
  let last = '';
  for (const command of commands) {
    const { exit, output, error } = await drey(command, options);
    expect(exit, `${command.join(' ')}: ${error}`).toBe(0);
    last = output;
  }
  expect(JSON.parse(last)).toMatchObject({
    type: 'kafka',
    spec: { dataSchema: { dataSource: 'exposure_per_minute' }, ioConfig: { topic: 'per-minute' } },
  });
  const tail = ['topic', 'tail', 'per-minute', '--from', 'earliest', '--no-follow'];
  const { output } = await drey([...tail, '--isolation', 'read_committed'], options);
  expect(sortedLines(output)).toEqual(sortedLines(textOf('examples/exposure-uv/expected.jsonl')));
  await drey(['topic', 'delete', 'events', 'per-minute', '--yes'], options);
});
