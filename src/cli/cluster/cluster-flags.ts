/** The flags of all commands that reach a cluster: which one, how long, in which form. */
import { Flags } from '@oclif/core';
import type { ClusterQuestion } from '../context/choose-target.ts';
import { globalFlagDeclarations } from '../global-flags.ts';
import { durationFlag } from '../duration-flag.ts';

/** How a result can be printed; `text` is for people. */
export const outputForms = [
  'text',
  'wide',
  'json',
  'yaml',
  'csv',
  'name',
  'markdown',
  'github',
] as const;
export type OutputForm = (typeof outputForms)[number];

/** Of commands that list something and reach no cluster. */
export const listingFlagDeclarations = {
  ...globalFlagDeclarations,
  output: Flags.string({
    char: 'o',
    options: [...outputForms],
    description:
      'Form of the output: wide has more columns, name what other commands take as an argument, github adds the job summary of GitHub Actions, and marks failures.',
    helpGroup: 'GLOBAL',
  }),
};

export const clusterFlagDeclarations = {
  ...listingFlagDeclarations,
  context: Flags.string({
    description: 'Name of the cluster context; see drey context.',
    helpValue: 'NAME',
    helpGroup: 'CLUSTER',
  }),
  url: Flags.string({
    description: 'REST address of the cluster; else DREY_URL, the current context, localhost:8081.',
    helpValue: 'URL',
    helpGroup: 'CLUSTER',
  }),
  'insecure-token': Flags.boolean({
    description:
      'Send credentials although others could read them: over http, or to a server that is not verified.',
    helpGroup: 'CLUSTER',
  }),
  timeout: durationFlag({
    description:
      'How long all requests of the command together may take, such as 30s or 10min; with --watch, those of each answer.',
    helpGroup: 'CLUSTER',
  }),
};

/** Which cluster the flags name; those that are missing are looked for elsewhere. */
export function clusterQuestionOf(flags: ClusterFlags): ClusterQuestion {
  return {
    url: flags.url ?? null,
    context: flags.context ?? null,
    gateway: flags.gateway ?? null,
    timeoutMs: flags.timeout ?? null,
    allowsInsecureToken: flags['insecure-token'] === true,
  };
}

/** The parser lets no other text through. */
export function outputFormOf({ output, json }: ClusterFlags): OutputForm {
  if (json === true) return 'json';
  return outputForms.find((form) => form === output) ?? 'text';
}

/** Of commands that can show their answer again and again. */
export const watchFlagDeclarations = {
  watch: Flags.boolean({
    char: 'w',
    description: 'Ask again and again until Ctrl-C; JSON comes as lines.',
  }),
  interval: durationFlag({
    description: 'Pause between two answers of --watch.',
    dependsOn: ['watch'],
  }),
};

/** Of commands that change something which cannot be taken back. */
export const changeFlagDeclarations = {
  yes: Flags.boolean({
    char: 'y',
    default: false,
    description: 'Do not ask; needed where nobody can be asked.',
  }),
  'dry-run': Flags.boolean({
    default: false,
    description: 'Say what would be done, and do nothing.',
  }),
};

/** What the flags say once they are parsed. */
export interface ClusterFlags {
  readonly context?: string | undefined;
  readonly url?: string | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly gateway?: string | undefined;
  readonly 'insecure-token'?: boolean | undefined;
  /** One of the output forms. */
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
  readonly watch?: boolean | undefined;
  /** Milliseconds. */
  readonly interval?: number | undefined;
}
