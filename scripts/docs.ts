/**
 * Writes what is generated for readers: docs/reference/*.md and schema/*.json.
 * `node scripts/run.js scripts/docs.ts [--check]`; --check writes nothing and fails when a file is
 * stale. The command reference is made from oclif.manifest.json, so that comes first.
 */
import { readFileSync } from 'node:fs';
import { errorCodes } from '../src/errors/codes.ts';
import { pipelineJsonSchema } from '../src/pipeline/spec/json-schema.ts';
import { pipelineReferencePage } from '../src/pipeline/spec/reference-page.ts';
import { contextsJsonSchema } from './docs/contexts-schema.ts';
import { commandsPage, type ManifestCommand } from './docs/commands-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { checkOrWrite } from './generated-file.ts';

const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
  readonly commands: Readonly<Record<string, ManifestCommand>>;
};

process.exitCode = checkOrWrite(
  [
    { path: 'docs/reference/commands.md', text: commandsPage(Object.values(manifest.commands)) },
    { path: 'docs/reference/errors.md', text: errorsPage(errorCodes) },
    { path: 'docs/reference/pipeline.md', text: pipelineReferencePage() },
    { path: 'schema/pipeline.schema.json', text: jsonText(pipelineJsonSchema()) },
    { path: 'schema/contexts.schema.json', text: jsonText(contextsJsonSchema()) },
  ],
  process.argv.slice(2),
);

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
