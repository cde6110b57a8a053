/** oclif's hook for a verb that does not exist. */
import type { Hook } from '@oclif/core';
import { unknownCommand } from './nearest-command.ts';

export const hook: Hook<'command_not_found'> = async function refuse({ id, config }) {
  throw unknownCommand(id, { bin: config.bin, ids: config.commandIDs });
};
