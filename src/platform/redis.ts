/**
 * Redis as everything outside this folder sees it: a run of commands sent in one go, tried once.
 * What to try again, and when, is decided by the caller, so that it can be simulated.
 *
 * What went wrong is an answer of another kind and never a rejection. A connection is opened when
 * there is none, and given up after any failure. The next one first ends the one before at the
 * server: nothing of it is carried out after what is sent later.
 */

export interface Redis {
  /** Sends nothing yet. */
  connect(settings: RedisSettings): RedisClient;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Null: the user `default`. */
  readonly username: string | null;
  /** Null: without a login. */
  readonly password: string | null;
  readonly database: number;
}

export interface RedisSettings extends RedisAddress {
  /** Seen in CLIENT LIST: no blanks. */
  readonly clientName: string;
  /** Until the connection stands, TLS and login included. */
  readonly connectTimeoutMs: number;
  /** From one answer to the next. */
  readonly answerTimeoutMs: number;
}

export type RedisCommand = readonly (string | Uint8Array)[];

/** The server's no to one command: `WRONGTYPE` and its whole text. */
export interface RedisRefusal {
  readonly code: string;
  readonly message: string;
}

/** Texts are decoded as UTF-8. */
export type RedisReply = string | number | null | RedisRefusal | readonly RedisReply[];

export type RedisAnswer =
  | {
      readonly kind: 'replies';
      /** Of the commands, in their order. */
      readonly replies: readonly RedisReply[];
    }
  | { readonly kind: 'failed'; readonly failure: RedisFailure };

/** Some, all or none of the commands may have taken effect, except where `isSent` is false. */
export interface RedisFailure {
  readonly reason:
    | 'unreachable'
    | 'cut-off'
    | 'timeout'
    | 'tls'
    /** The login, the database or the name was refused. */
    | 'login'
    | 'unusable-answer'
    | 'closed';
  /** `host:port`. */
  readonly server: string;
  /** Words of the system or of the server. */
  readonly detail: string;
  readonly isSent: boolean;
}

export interface RedisClient {
  /** At most one at a time. */
  send(commands: readonly RedisCommand[]): Promise<RedisAnswer>;
  /** Gives up the connection; the next `send` opens another one, perhaps to another machine. */
  disconnect(): void;
  /** As `disconnect`, for good. Idempotent. */
  close(): Promise<void>;
}
