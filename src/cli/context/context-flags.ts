/** The flags of `context add`, and what they ask for. */
import { Flags } from '@oclif/core';
import { durationFlag } from '../duration-flag.ts';
import type { AddRequest } from './add-context.ts';
import type { AuthenticationType } from './asked-authentication.ts';

const TYPES: readonly AuthenticationType[] = ['none', 'bearer', 'basic', 'header'];

const places = ['env', 'file', 'command'];

/** The other two places where the same secret could be. */
function otherPlaces(secret: string, place: string): string[] {
  return places.filter((other) => other !== place).map((other) => `${secret}-${other}`);
}

const tokenFlags = {
  'token-env': Flags.string({
    helpValue: 'NAME',
    exclusive: otherPlaces('token', 'env'),
    description: 'Variable that holds the token.',
  }),
  'token-file': Flags.string({
    helpValue: 'FILE',
    exclusive: otherPlaces('token', 'file'),
    description: 'File that holds the token; only its owner may read it.',
  }),
  'token-command': Flags.string({
    helpValue: 'COMMAND',
    exclusive: otherPlaces('token', 'command'),
    description:
      'Program with its arguments, run without a shell, that prints the token, or JSON with token and expiresAt.',
  }),
};

const passwordFlags = {
  'password-env': Flags.string({
    helpValue: 'NAME',
    exclusive: otherPlaces('password', 'env'),
    description: 'Variable that holds the password.',
  }),
  'password-file': Flags.string({
    helpValue: 'FILE',
    exclusive: otherPlaces('password', 'file'),
    description: 'File that holds the password; only its owner may read it.',
  }),
  'password-command': Flags.string({
    helpValue: 'COMMAND',
    exclusive: otherPlaces('password', 'command'),
    description: 'Program with its arguments, run without a shell, that prints the password.',
  }),
};

export const contextFlagDeclarations = {
  url: Flags.string({
    required: true,
    helpValue: 'URL',
    description: 'REST address of the cluster; a path prefix is allowed.',
  }),
  gateway: Flags.string({ helpValue: 'URL', description: 'Address of the SQL Gateway.' }),
  timeout: durationFlag({ description: 'How long to wait for this cluster.' }),
  auth: Flags.option({
    options: TYPES,
    description: 'Kind of credentials; the other flags say it, too.',
  })(),
  ...tokenFlags,
  user: Flags.string({ helpValue: 'NAME', description: 'User for basic authentication.' }),
  ...passwordFlags,
  'header-name': Flags.string({
    helpValue: 'NAME',
    description: 'Send the token as this header in place of a bearer token.',
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
    description: 'Private key of the own certificate, as PEM; only its owner may read it.',
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
  readonly auth?: AuthenticationType | undefined;
  readonly 'token-env'?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly 'token-command'?: string | undefined;
  readonly user?: string | undefined;
  readonly 'password-env'?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly 'password-command'?: string | undefined;
  readonly 'header-name'?: string | undefined;
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
      type: flags.auth ?? null,
      token: {
        env: flags['token-env'] ?? null,
        file: flags['token-file'] ?? null,
        command: flags['token-command'] ?? null,
      },
      user: flags.user ?? null,
      password: {
        env: flags['password-env'] ?? null,
        file: flags['password-file'] ?? null,
        command: flags['password-command'] ?? null,
      },
      headerName: flags['header-name'] ?? null,
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
