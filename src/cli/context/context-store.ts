/**
 * The file with the contexts: where it is, reading it, changing it. A change is whole or not at
 * all, and the file is for its owner only.
 */
import { dirname, join } from 'node:path';
import { editYaml, type YamlEdit } from '../../document/edit-yaml.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Context, ContextFile } from './context.ts';
import { parseContexts } from './parse-contexts.ts';

const FILE_BYTES_MAX = 1024 * 1024;
const SUFFIX_BYTES = 6;

/** DREY_CONFIG, else the place that the system has for such files. */
export function contextFilePath({ environment }: Pick<Platform, 'environment'>): string {
  const given = environment['DREY_CONFIG'];
  if (given !== undefined && given !== '') return given;
  const appData = environment['APPDATA'];
  if (appData !== undefined && appData !== '') return join(appData, 'drey', 'config.yaml');
  const xdg = environment['XDG_CONFIG_HOME'];
  const folder =
    xdg !== undefined && xdg.startsWith('/') ? xdg : join(environment['HOME'] ?? '.', '.config');
  return join(folder, 'drey', 'config.yaml');
}

/** Without contexts when there is no file. Throws for what cannot be read. */
export async function readContexts(platform: Platform): Promise<ContextFile> {
  const path = contextFilePath(platform);
  const status = await platform.files.status(path);
  if (status === null) return { path, text: '', currentContext: null, contexts: [] };
  return parseContexts(await platform.files.readAll(path, FILE_BYTES_MAX), path);
}

/** The context of that name; throws with the names there are. */
export function contextNamed({ contexts, path }: ContextFile, name: string): Context {
  const context = contexts.find((candidate) => candidate.name === name);
  if (context !== undefined) return context;
  const names = contexts.map((candidate) => candidate.name);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const message = `${path} has no context ${JSON.stringify(name)}; ${known}`;
  throw new InputError('DREY_CONTEXT_UNKNOWN', message, {
    details: { file: path, contexts: names },
  });
}

/** Writes the file anew with the edits; comments stay. What comes out is checked before. */
export async function changeContexts(
  platform: Platform,
  file: ContextFile,
  edits: readonly YamlEdit[],
): Promise<void> {
  const { files, random } = platform;
  const bytes = new TextEncoder().encode(editYaml(file.text, edits));
  parseContexts(bytes, file.path);
  const folder = dirname(file.path);
  await files.createFolder(folder, { isPrivate: true });
  const suffix = Buffer.from(random.bytes(SUFFIX_BYTES)).toString('hex');
  const temporary = `${file.path}.${suffix}`;
  const target = await files.openToWrite(temporary, { exclusive: true, isPrivate: true });
  try {
    await target.write(bytes);
    await target.sync();
  } finally {
    await target.close();
  }
  await files.rename(temporary, file.path);
  await files.syncFolder(folder);
}
