import { expect, test } from 'vitest';
import { commandsPage, type ManifestCommand } from '../../../scripts/docs/commands-page.ts';

const draw: ManifestCommand = {
  id: 'pipeline:graph',
  summary: 'Draw a pipeline',
  description: 'Draws it.',
  examples: ['<%= config.bin %> <%= command.id %> pipeline.yaml'],
  args: { file: { name: 'file', description: 'Pipeline file.', required: true } },
  flags: {
    json: { name: 'json', type: 'boolean', description: 'Print JSON.', helpGroup: 'GLOBAL' },
    context: { name: 'context', type: 'option', hidden: true },
    format: {
      name: 'format',
      char: 'f',
      type: 'option',
      description: 'Language.',
      options: ['text', 'svg'],
      default: 'text',
    },
  },
};

test('a command has its usage, arguments, flags and examples', () => {
  const section = commandsPage([draw]).split('## drey pipeline graph')[1];
  expect(section).toBe(
    [
      '',
      '',
      'Draw a pipeline.',
      '',
      '```',
      'drey pipeline graph FILE [flags]',
      '```',
      '',
      'Draws it.',
      '',
      '| argument | meaning |',
      '| --- | --- |',
      '| `FILE` | Pipeline file. |',
      '',
      '| flag | meaning |',
      '| --- | --- |',
      '| `--format text\\|svg`, `-f` | Language. Default: `text`. |',
      '',
      '```sh',
      'drey pipeline graph pipeline.yaml',
      '```',
      '',
    ].join('\n'),
  );
});

test('global flags stand once, hidden ones in no table', () => {
  const page = commandsPage([draw, { ...draw, id: 'run' }]);
  expect(page.match(/\| `--json` \| Print JSON\. \|/g)).toHaveLength(1);
  expect(page).not.toContain('| `--context');
});
