/**
 * All states that a disk can be in after a crash, not a sample of them: for each file any first
 * part of its pending writes, with the next one torn or not, and for each folder any first part of
 * its pending names, in every combination. A protocol that writes files is right when each of
 * these states reads as the old content or the new one.
 */
import { BugError } from '../../errors/drey-error.ts';
import { cutWrite, groupOf, isData, prefixOf } from './crash.ts';
import type { DiskImage, DiskOperation } from './disk-image.ts';
import type { SimulatedDisk } from './disk.ts';

/** Above this the protocol should be cut into smaller ones. */
export const STATES_MAX_DEFAULT = 20_000;

/** One group's choice: so many operations are left, and perhaps a part of the next write. */
interface Choice {
  readonly group: string;
  readonly left: number;
  readonly torn: DiskOperation | null;
}

/** Disks of their own, one for each state; equal states may come more than once. */
export function* crashStates(
  disk: SimulatedDisk,
  statesMax = STATES_MAX_DEFAULT,
): Generator<SimulatedDisk> {
  const pending = disk.pendingOperations;
  const choices = choicesOf(pending);
  const count = choices.reduce((product, group) => product * group.length, 1);
  if (count > statesMax) {
    throw new BugError('DREY_BUG', `${count} crash states, more than ${statesMax}`);
  }
  for (let state = 0; state < count; state++) {
    yield disk.withImage(stateImage(disk.durableImage(), pending, pick(choices, state)));
  }
}

/** Text that is equal for disks with equal folders and contents. */
export function describeDisk(disk: SimulatedDisk): string {
  const lines: string[] = [];
  const visit = (path: string): void => {
    for (const name of disk.list(path === '' ? '/' : path)) {
      const below = `${path}/${name}`;
      const node = disk.find(below);
      if (node?.kind === 'folder') {
        lines.push(`${below}/`);
        visit(below);
      } else if (node !== null) {
        lines.push(`${below} ${Buffer.from(disk.content(node)).toString('hex')}`);
      }
    }
  };
  visit('');
  return lines.join('\n');
}

function choicesOf(pending: readonly DiskOperation[]): readonly (readonly Choice[])[] {
  const groups = new Map<string, DiskOperation[]>();
  for (const operation of pending) {
    const group = groupOf(operation);
    const members = groups.get(group) ?? [];
    members.push(operation);
    groups.set(group, members);
  }
  return [...groups].map(([group, members]) => {
    const choices: Choice[] = [{ group, left: 0, torn: null }];
    for (const [index, member] of members.entries()) {
      for (const torn of tornForms(member)) choices.push({ group, left: index, torn });
      choices.push({ group, left: index + 1, torn: null });
    }
    return choices;
  });
}

/** The write without its end, and without its beginning. */
function tornForms(operation: DiskOperation): readonly DiskOperation[] {
  if (!isData(operation) || operation.kind !== 'write' || operation.bytes.length < 2) return [];
  const half = operation.bytes.length >> 1;
  return [cutWrite(operation, 0, half), cutWrite(operation, half, operation.bytes.length)];
}

/** The choice of each group in state number `state`, counted like digits. */
function pick(choices: readonly (readonly Choice[])[], state: number): readonly Choice[] {
  let rest = state;
  return choices.flatMap((group) => {
    const choice = group[rest % group.length];
    rest = Math.floor(rest / group.length);
    return choice === undefined ? [] : [choice];
  });
}

function stateImage(
  image: DiskImage,
  pending: readonly DiskOperation[],
  picked: readonly Choice[],
): DiskImage {
  const leftOf = new Map(picked.map((choice) => [choice.group, choice.left]));
  for (const operation of prefixOf(pending, leftOf)) image.apply(operation);
  // A torn write is the last of its file, so it may come after all else.
  for (const choice of picked) if (choice.torn !== null) image.apply(choice.torn);
  return image;
}
