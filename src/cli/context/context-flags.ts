/** The flags of `context add`, and what they ask for. */
import { Flags } from '@oclif/core';
import { durationFlag } from '../duration-flag.ts';
import type { AddRequest } from './add-context.ts';

const secretFlags = ['secret-env', 'secret-file', 'secret-command'];
const others = (own: string): string[] => secretFlags.filter((name) => name !== own);

export const contextFlagDeclarations = {
  url: Flags.string({
    required: true,
    helpValue: 'URL',
    description: 'REST address of the cluster; a path prefix is allowed.',
  }),
  gateway: Flags.string({ helpValue: 'URL', description: 'Address of the SQL Gateway.' }),
  timeout: durationFlag({ description: 'How long to wait for this cluster.' }),
  'secret-env': Flags.string({
    helpValue: 'NAME',
    exclusive: others('secret-env'),
    description: 'Variable that holds the token or password.',
  }),
  'secret-file': Flags.string({
    helpValue: 'FILE',
    exclusive: others('secret-file'),
    description: 'File that holds the token or password; only its owner may read it.',
  }),
  'secret-command': Flags.string({
    helpValue: 'COMMAND',
    exclusive: others('secret-command'),
    description: 'Program with arguments, without a shell, that prints the token or password.',
  }),
  user: Flags.string({
    helpValue: 'NAME',
    exclusive: ['auth-header'],
    description: 'User for basic authentication; without it the secret is a bearer token.',
  }),
  'auth-header': Flags.string({
    helpValue: 'NAME',
    description: 'Send the secret as this header in place of a bearer token.',
  }),
  ca: Flags.string({
    helpValue: 'FILE',
    description: 'Certificates of the authorities that are trusted, as PEM.',
  }),
  cert: Flags.string({
    helpValue: 'FILE',
    dependsOn: ['key'],
    description: 'Own certificate for mutual TLS, as PEM.',
  }),
  key: Flags.string({
    helpValue: 'FILE',
    dependsOn: ['cert'],
    description: 'Private key of the own certificate, as PEM.',
  }),
  proxy: Flags.string({ helpValue: 'URL', description: 'HTTP proxy on the way to the cluster.' }),
  insecure: Flags.boolean({
    description: 'Accept any certificate of the server; said at each use.',
  }),
  'insecure-token': Flags.boolean({
    description: 'Send credentials over http, or to a server that is not verified.',
  }),
  'read-only': Flags.boolean({ description: 'Refuse all that changes something in the cluster.' }),
};

interface ContextFlags {
  readonly url: string;
  readonly gateway?: string | undefined;
  readonly timeout?: number | undefined;
  readonly 'secret-env'?: string | undefined;
  readonly 'secret-file'?: string | undefined;
  readonly 'secret-command'?: string | undefined;
  readonly user?: string | undefined;
  readonly 'auth-header'?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly proxy?: string | undefined;
  readonly insecure: boolean;
  readonly 'insecure-token': boolean;
  readonly 'read-only': boolean;
  readonly use: boolean;
  readonly force: boolean;
}

export function addRequestOf(name: string, flags: ContextFlags): AddRequest {
  return {
    name,
    url: flags.url,
    gateway: flags.gateway ?? null,
    authentication: {
      user: flags.user ?? null,
      header: flags['auth-header'] ?? null,
      env: flags['secret-env'] ?? null,
      file: flags['secret-file'] ?? null,
      command: flags['secret-command'] ?? null,
    },
    authorities: flags.ca ?? null,
    certificate: flags.cert ?? null,
    key: flags.key ?? null,
    proxy: flags.proxy ?? null,
    isInsecure: flags.insecure,
    isReadOnly: flags['read-only'],
    allowsInsecureToken: flags['insecure-token'],
    timeoutMs: flags.timeout ?? null,
    use: flags.use,
    force: flags.force,
  };
}
