/** The flags of `topic produce`: what is read, and how a line becomes a record. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import type { LineOptions } from './line-record.ts';

export const produceFlagDeclarations = {
  file: Flags.string({
    helpValue: 'FILE',
    description: 'Read this file instead of standard input.',
  }),
  partition: Flags.integer({
    min: 0,
    description: 'Write into this partition, whatever the keys are.',
  }),
  'key-separator': Flags.string({
    helpValue: 'TEXT',
    exclusive: ['key-field'],
    description: 'What stands between the key and the value of a line.',
  }),
  'key-field': Flags.string({
    helpValue: 'NAME',
    description: 'Lines are JSON objects, and this member is the key: a text or a whole number.',
  }),
  'null-marker': Flags.string({
    helpValue: 'TEXT',
    dependsOn: ['key-separator'],
    description: 'A value of just this text is null, which deletes its key in a compacted topic.',
  }),
};

interface ProduceFlags {
  readonly 'key-separator'?: string | undefined;
  readonly 'key-field'?: string | undefined;
  readonly 'null-marker'?: string | undefined;
}

export function lineOptionsOf(flags: ProduceFlags): LineOptions {
  if (flags['key-separator'] === '') {
    throw new UsageError('DREY_USAGE', '--key-separator is empty');
  }
  return {
    keySeparator: bytesOf(flags['key-separator']),
    keyField: flags['key-field'] ?? null,
    nullMarker: bytesOf(flags['null-marker']),
  };
}

function bytesOf(text: string | undefined): Uint8Array | null {
  return text === undefined ? null : new TextEncoder().encode(text);
}
