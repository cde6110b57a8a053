/**
 * The flags that every command takes, as declarations for the parser and as what they mean. Their
 * meaning is read from the arguments themselves, because an error must be shown in the right form
 * also when the arguments cannot be parsed.
 */
import { Flags } from '@oclif/core';
import { durationFlag } from './duration-flag.ts';

/** Accepted everywhere so that scripts can pass them to every command. */
const clusterFlags = ['--context', '--url', '--timeout'] as const;

export const globalFlagDeclarations = {
  json: Flags.boolean({
    description: 'Print one JSON document on standard output; the same as -o json.',
    helpGroup: 'GLOBAL',
  }),
  output: Flags.string({
    char: 'o',
    options: ['text', 'json'],
    description: 'Form of the output.',
    helpGroup: 'GLOBAL',
  }),
  'no-color': Flags.boolean({
    description: 'Print without colours, as with the environment variable NO_COLOR.',
    helpGroup: 'GLOBAL',
  }),
  debug: Flags.boolean({
    description: 'Show the stack trace of an error.',
    helpGroup: 'GLOBAL',
  }),
  // Answered before any command is parsed; declared so that help lists it.
  help: Flags.boolean({ char: 'h', description: 'Show this help.', helpGroup: 'GLOBAL' }),
  // Not listed in the help of commands that reach no cluster: there they have no effect.
  context: Flags.string({ description: 'Name of the cluster context.', hidden: true }),
  url: Flags.string({ description: 'REST address of the cluster.', hidden: true }),
  timeout: durationFlag({ description: 'How long to wait for the cluster.', hidden: true }),
};

export interface GlobalFlags {
  readonly json: boolean;
  /** `-o github`. */
  readonly github: boolean;
  readonly noColor: boolean;
  readonly debug: boolean;
  /** Those of --context, --url and --timeout that were given. */
  readonly cluster: readonly string[];
}

/** Reads the global flags among the arguments; what follows `--` is no flag. */
export function readGlobalFlags(argv: readonly string[]): GlobalFlags {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  return {
    json: flags.includes('--json') || asksFor('json', flags),
    github: asksFor('github', flags),
    noColor: flags.includes('--no-color'),
    debug: flags.includes('--debug'),
    cluster: clusterFlags.filter((name) =>
      flags.some((flag) => flag === name || flag.startsWith(`${name}=`)),
    ),
  };
}

function asksFor(form: string, flags: readonly string[]): boolean {
  const inOne = [`--output=${form}`, `-o${form}`, `-o=${form}`];
  return flags.some((flag, index) => {
    const isOutput = flag === '--output' || flag === '-o';
    return inOne.includes(flag) || (isOutput && flags[index + 1] === form);
  });
}
