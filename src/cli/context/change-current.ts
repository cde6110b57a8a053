/** `context use` and `context remove`. */
import type { Platform } from '../../platform/platform.ts';
import { changeContexts, contextNamed, readContexts } from './context-store.ts';

export interface CurrentResult {
  readonly file: string | null;
  readonly currentContext: string | null;
}

export interface UseResult extends CurrentResult {
  /** The variable that goes before the current context in this shell; null: none is set. */
  readonly overriddenBy: string | null;
}

export async function useContext(name: string, platform: Platform): Promise<UseResult> {
  const file = await readContexts(platform);
  contextNamed(file, name);
  if (file.currentContext !== name) {
    await changeContexts(platform, file, [{ path: ['currentContext'], value: name }]);
  }
  return {
    file: file.path,
    currentContext: name,
    overriddenBy: overridingVariable(platform),
  };
}

export function useText({ currentContext, overriddenBy }: UseResult): string {
  const but =
    overriddenBy === null
      ? ''
      : `, but ${overriddenBy} is set in this shell and goes before it: unset ${overriddenBy}`;
  return `the current context is ${currentContext ?? ''}${but}\n`;
}

/** In the order of choose-target.ts. */
function overridingVariable({ environment }: Platform): string | null {
  return ['DREY_URL', 'DREY_CONTEXT'].find((name) => (environment[name] ?? '') !== '') ?? null;
}

export interface RemoveResult extends CurrentResult {
  readonly removed: string;
}

/** `confirm`: called once it is known that there is such a context; throws when the answer is no. */
export async function removeContext(
  name: string,
  platform: Platform,
  confirm: () => Promise<void>,
): Promise<RemoveResult> {
  const file = await readContexts(platform);
  contextNamed(file, name);
  await confirm();
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
