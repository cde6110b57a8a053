/** A context: the address of a cluster and how one gets in, as the file with the contexts has it. */

/** Where a secret is; never what it is. */
export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** A program that prints it, with its arguments. */
  | { readonly kind: 'command'; readonly words: readonly [string, ...string[]] };

export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: SecretReference }
  | { readonly kind: 'basic'; readonly user: string; readonly password: SecretReference }
  | { readonly kind: 'header'; readonly name: string; readonly value: SecretReference };

/** Absolute paths of PEM files. */
export interface TlsFiles {
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** Of the key, where it is encrypted. */
  readonly passphrase: SecretReference | null;
  /** True: any certificate of the server will do. */
  readonly isInsecure: boolean;
}

export interface Proxy {
  /** Without credentials. */
  readonly url: string;
  readonly login: { readonly user: string; readonly password: SecretReference } | null;
}

export interface Context {
  readonly name: string;
  readonly url: string;
  /** Of the SQL Gateway. */
  readonly gateway: string | null;
  readonly authentication: Authentication;
  /** Of the SQL Gateway where it has its own; null: the same. */
  readonly gatewayAuthentication: Authentication | null;
  readonly tls: TlsFiles;
  readonly proxy: Proxy | null;
  /** Sent with every request; no secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Likewise, and secret. */
  readonly secretHeaders: Readonly<Record<string, SecretReference>>;
  readonly isReadOnly: boolean;
  readonly timeoutMs: number | null;
  /** True: credentials may go over http to another machine, or to one that is not verified. */
  readonly allowsInsecureToken: boolean;
}

export interface ContextFile {
  /** Absolute; null: there is no place for such a file. */
  readonly path: string | null;
  readonly text: string;
  readonly currentContext: string | null;
  readonly contexts: readonly Context[];
}

/** `the variable X`, for messages. */
export function describeSecret(reference: SecretReference): string {
  switch (reference.kind) {
    case 'env':
      return `the variable ${reference.name}`;
    case 'file':
      return `the file ${reference.path}`;
    case 'command':
      return `the command ${reference.words[0]}`;
  }
}

/** `the bearer token from the variable X`; null: nothing is sent. */
export function describeAuthentication(authentication: Authentication): string | null {
  switch (authentication.kind) {
    case 'none':
      return null;
    case 'bearer':
      return `the bearer token from ${describeSecret(authentication.token)}`;
    case 'basic':
      return `the user ${authentication.user} with the password from ${describeSecret(authentication.password)}`;
    case 'header':
      return `the header ${authentication.name} from ${describeSecret(authentication.value)}`;
  }
}
