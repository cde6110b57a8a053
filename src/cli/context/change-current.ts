/** `context use` and `context remove`. */
import type { Platform } from '../../platform/platform.ts';
import { changeContexts, contextNamed, readContexts } from './context-store.ts';

export interface CurrentResult {
  readonly file: string;
  readonly currentContext: string | null;
}

export async function useContext(name: string, platform: Platform): Promise<CurrentResult> {
  const file = await readContexts(platform);
  contextNamed(file, name);
  await changeContexts(platform, file, [{ path: ['currentContext'], value: name }]);
  return { file: file.path, currentContext: name };
}

export interface RemoveResult extends CurrentResult {
  readonly removed: string;
}

export async function removeContext(name: string, platform: Platform): Promise<RemoveResult> {
  const file = await readContexts(platform);
  contextNamed(file, name);
  const isCurrent = file.currentContext === name;
  await changeContexts(platform, file, [
    { path: ['contexts', name], value: undefined },
    ...(isCurrent ? [{ path: ['currentContext'], value: undefined }] : []),
  ]);
  return {
    file: file.path,
    currentContext: isCurrent ? null : file.currentContext,
    removed: name,
  };
}
