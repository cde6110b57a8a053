/**
 * Writes oclif.manifest.json from the built commands, so that a start reads one file instead of
 * importing every command: `node scripts/run.js scripts/manifest.ts [--check]`. With --check it
 * writes nothing and fails when the file is stale.
 */
import { Plugin } from '@oclif/core';
import { checkOrWrite } from './generated-file.ts';

const root = process.cwd();
const plugin = new Plugin({
  root,
  type: 'core',
  ignoreManifest: true,
  errorOnManifestCreate: true,
});
await plugin.load();

const commands = Object.fromEntries(
  Object.entries(plugin.manifest.commands).sort(([left], [right]) => (left < right ? -1 : 1)),
);
const text = `${JSON.stringify({ commands, version: plugin.manifest.version }, null, 2)}\n`;
process.exitCode = checkOrWrite([{ path: 'oclif.manifest.json', text }], process.argv.slice(2));
