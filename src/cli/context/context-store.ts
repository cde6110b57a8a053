/**
 * The file with the contexts: where it is, reading it, changing it. A change is whole or not at
 * all, and the file is for its owner only.
 */
import { dirname, join, resolve } from 'node:path';
import { editYaml, type YamlEdit } from '../../document/edit-yaml.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Context, ContextFile } from './context.ts';
import { parseContexts } from './parse-contexts.ts';

const FILE_BYTES_MAX = 1024 * 1024;
const SUFFIX_BYTES = 6;

/** Others could name a program that runs as us, or send us to a cluster of theirs. */
const OTHERS_MAY_WRITE = 0o002;

/**
 * Absolute. DREY_CONFIG, else the place that the system has for such files; null where it has none
 * because nobody says where we are at home.
 */
export function contextFilePath({
  environment,
  workingDirectory,
}: Pick<Platform, 'environment' | 'workingDirectory'>): string | null {
  const given = environment['DREY_CONFIG'];
  if (given !== undefined && given !== '') return resolve(workingDirectory, given);
  const folder = configFolder(environment);
  return folder === null ? null : join(folder, 'drey', 'config.yaml');
}

/** %APPDATA% of Windows, else as the XDG base directories have it, which want absolute paths. */
function configFolder(environment: Platform['environment']): string | null {
  const appData = environment['APPDATA'];
  if (appData !== undefined && appData !== '') return appData;
  const xdg = environment['XDG_CONFIG_HOME'];
  if (xdg?.startsWith('/') === true) return xdg;
  const home = environment['HOME'] ?? '';
  return home === '' ? null : join(home, '.config');
}

/** Without contexts when there is no file. Throws for what cannot be read. */
export async function readContexts(platform: Platform): Promise<ContextFile> {
  const path = contextFilePath(platform);
  const status = path === null ? null : await platform.files.status(path);
  if (path === null || status === null) {
    return { path, text: '', currentContext: null, contexts: [] };
  }
  const permissions = await platform.files.permissions(path);
  if (((permissions ?? 0) & OTHERS_MAY_WRITE) !== 0) {
    throw new InputError('DREY_CONTEXT_FILE', `${path} can be changed by everybody`, {
      hint: `A context can name programs to run, so restrict it: chmod 600 ${path}.`,
      details: { file: path },
    });
  }
  const home = platform.environment['HOME'] ?? null;
  return parseContexts(await platform.files.readAll(path, FILE_BYTES_MAX), path, home);
}

/** The context of that name; throws with the names there are. */
export function contextNamed({ contexts, path }: ContextFile, name: string): Context {
  const context = contexts.find((candidate) => candidate.name === name);
  if (context !== undefined) return context;
  const names = contexts.map((candidate) => candidate.name);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const message = `${shownPath(path)} has no context ${JSON.stringify(name)}; ${known}`;
  throw new InputError('DREY_CONTEXT_UNKNOWN', message, {
    details: { file: path, contexts: names },
  });
}

/** For messages. */
function shownPath(path: string | null): string {
  return path ?? 'the file with the contexts (DREY_CONFIG and HOME are not set)';
}

/** Writes the file anew with the edits; comments stay. What comes out is checked before. */
export async function changeContexts(
  platform: Platform,
  file: ContextFile,
  edits: readonly YamlEdit[],
): Promise<void> {
  const { files, random } = platform;
  const { path } = file;
  if (path === null) {
    throw new InputError('DREY_CONTEXT_FILE', 'there is no place for the file with the contexts', {
      hint: 'Set DREY_CONFIG to a path, or HOME.',
    });
  }
  const bytes = new TextEncoder().encode(edited(path, file.text, edits));
  parseContexts(bytes, path);
  const folder = dirname(path);
  await files.createFolder(folder, { isPrivate: true });
  const suffix = Buffer.from(random.bytes(SUFFIX_BYTES)).toString('hex');
  const temporary = `${path}.${suffix}`;
  const target = await files.openToWrite(temporary, { exclusive: true, isPrivate: true });
  try {
    await target.write(bytes);
    await target.sync();
    await target.close();
    await files.rename(temporary, path);
  } catch (error) {
    await target.close();
    await files.remove(temporary);
    throw error;
  }
  await files.syncFolder(folder);
}

function edited(path: string, text: string, edits: readonly YamlEdit[]): string {
  const result = editYaml(text, edits);
  if (result.kind === 'edited') return result.text;
  throw new InputError('DREY_CONTEXT_FILE', `${path} cannot be changed: ${result.reason}`, {
    hint: 'Change the file in an editor; an anchor (&) and what refers to it (*) belong together.',
    details: { file: path },
  });
}
