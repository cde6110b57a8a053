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

/** Paths of PEM files. */
export interface TlsFiles {
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** True: any certificate of the server will do. */
  readonly isInsecure: boolean;
}

export interface Context {
  readonly name: string;
  readonly url: string;
  /** Of the SQL Gateway. */
  readonly gateway: string | null;
  readonly authentication: Authentication;
  readonly tls: TlsFiles;
  /** URL without credentials. */
  readonly proxy: string | null;
  /** Sent with every request; no secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isReadOnly: boolean;
  readonly timeoutMs: number | null;
  /** True: credentials may go over http to another machine, or to one that is not verified. */
  readonly allowsInsecureToken: boolean;
}

export interface ContextFile {
  readonly path: string;
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
