/**
 * The errors of oclif's parser as errors of drey: in drey's words, with the nearest flag and the
 * command to ask for help. The parser's classes are not exported, so its errors are told apart by
 * the fields they carry.
 */
import { stripVTControlCharacters } from 'node:util';
import { Errors } from '@oclif/core';
import { UsageError } from '../errors/drey-error.ts';
import { nearestName } from '../expression/nearest.ts';

export interface ParsedCommand {
  /** `drey run`. */
  readonly verb: string;
  /** With two dashes, without those that help does not show. */
  readonly flagNames: readonly string[];
}

/** What oclif appends to the messages of its parser; the hint says it here. */
const PARSER_ADVICE = 'See more help with --help';

/** Null: not an error of the parser. An ExitError asks for an exit status only. */
export function usageErrorOf(error: unknown, command: ParsedCommand): UsageError | null {
  if (!(error instanceof Errors.CLIError) || error instanceof Errors.ExitError) return null;
  const help = `Run ${command.verb} --help.`;
  if ('flags' in error && Array.isArray(error.flags)) {
    return unknownFlag(error.flags.map(String), command, error);
  }
  const missing = missingArguments(error);
  if (missing.length > 0) {
    const message = `${command.verb} needs ${missing.join(' and ')}`;
    return new UsageError('DREY_USAGE', message, { hint: help, cause: error });
  }
  return new UsageError('DREY_USAGE', oneLine(error.message), { hint: help, cause: error });
}

function unknownFlag(
  flags: readonly string[],
  { verb, flagNames }: ParsedCommand,
  cause: Error,
): UsageError {
  const nearest = nearestName(flags[0] ?? '', flagNames);
  return new UsageError('DREY_USAGE', `${verb} has no flag ${flags.join(', ')}`, {
    hint: nearest === undefined ? `Run ${verb} --help for its flags.` : `Did you mean ${nearest}?`,
    details: { flags, ...(nearest === undefined ? {} : { nearest }) },
    cause,
  });
}

/** The names of arguments in an error about missing ones; it holds their declarations. */
function missingArguments(error: object): readonly string[] {
  if (!('args' in error) || !Array.isArray(error.args)) return [];
  return error.args
    .map((argument: unknown) =>
      typeof argument === 'object' && argument !== null && 'name' in argument
        ? String(argument.name).toUpperCase()
        : '',
    )
    .filter((name) => name !== '');
}

function oneLine(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== PARSER_ADVICE);
  const [first = '', ...rest] = lines;
  if (rest.length === 0) return first;
  // `Parsing --parallelism` and the reason below it.
  const reason = rest.join(' ');
  const about = /^Parsing (--\S+)$/.exec(first);
  return about === null ? `${first} ${reason}` : `${about[1] ?? ''}: ${reason}`;
}
