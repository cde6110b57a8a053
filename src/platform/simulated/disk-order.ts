/**
 * Which pending operations reach the disk together. A rename that is durable takes along what
 * happened before to its two names: a journalling file system never shows the new name and still
 * the history that the rename ended.
 */
import type { DiskOperation } from './disk-image.ts';

/** The operations chosen and those that a chosen rename depends on, oldest first. */
export function withDependencies(
  pending: readonly DiskOperation[],
  isChosen: (operation: DiskOperation, index: number) => boolean,
): DiskOperation[] {
  const taken: DiskOperation[] = [];
  const decidedNames = new Set<string>();
  for (let index = pending.length - 1; index >= 0; index--) {
    const operation = pending[index];
    if (operation === undefined) continue;
    const isNeeded = namesOf(operation).some((name) => decidedNames.has(name));
    if (!isNeeded && !isChosen(operation, index)) continue;
    taken.push(operation);
    if (operation.kind === 'rename') for (const name of namesOf(operation)) decidedNames.add(name);
  }
  return taken.reverse();
}

export function isOfFile(operation: DiskOperation, file: number): boolean {
  return (operation.kind === 'write' || operation.kind === 'truncate') && operation.file === file;
}

export function touchesFolder(operation: DiskOperation, folder: number): boolean {
  switch (operation.kind) {
    case 'write':
    case 'truncate':
      return false;
    case 'link':
    case 'unlink':
      return operation.folder === folder;
    case 'rename':
      return operation.folder === folder || operation.from === folder;
  }
}

/** The names that a name operation changes, each as folder and name. */
function namesOf(operation: DiskOperation): readonly string[] {
  switch (operation.kind) {
    case 'write':
    case 'truncate':
      return [];
    case 'link':
    case 'unlink':
      return [`${operation.folder}/${operation.name}`];
    case 'rename':
      return [`${operation.folder}/${operation.name}`, `${operation.from}/${operation.fromName}`];
  }
}
