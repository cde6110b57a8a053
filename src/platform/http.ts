/**
 * HTTP requests with hard limits on time and size. Knows no retries and no redirects: an answer is
 * an answer, whatever its status; all else is an UnreachableError with host and reason.
 */
export interface HttpLimits {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the answer's body. */
  readonly bodyIdleMs: number;
  /** From the start to the end of the answer, of a stream to its headers; no limit without it. */
  readonly totalMs?: number;
  readonly bodyBytesMax: number;
}

/** How connections to a host are made. Requests with the same object share connections. */
export interface HttpConnection {
  /** PEM texts: who is trusted instead of the system's authorities, and who we are (mTLS). */
  readonly authorities?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
  /** Of the private key, where it is encrypted. */
  readonly passphrase?: string;
  /** False: any certificate of the other side will do. */
  readonly verifiesPeer: boolean;
  /** Absolute URL of an HTTP proxy, perhaps with user and password. */
  readonly proxyUrl?: string;
}

/** A body that is sent as it is produced. */
export interface HttpUpload {
  readonly byteCount: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | HttpUpload;
  readonly limits: HttpLimits;
  /** By default certificates are verified and no proxy is used. */
  readonly connection?: HttpConnection;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer whose body is read piece by piece; `bodyBytesMax` does not hold for it. */
export interface HttpStream {
  readonly status: number;
  /** As in HttpResponse. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end or left early, which gives up the connection. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Why there is no answer; `details.reason` of the UnreachableError. */
export type UnreachableReason =
  | 'invalid-url'
  | 'unknown-host'
  | 'refused'
  | 'connect-timeout'
  | 'headers-timeout'
  | 'body-timeout'
  | 'total-timeout'
  | 'too-large'
  | 'cut-off'
  | 'tls'
  | 'not-http'
  /** The proxy answered, and does not lead there. */
  | 'proxy'
  /** Not sent: the time that the caller had was over. */
  | 'no-time-left'
  | 'other';

export interface Http {
  /** Rejects with an UnreachableError (DREY_UNREACHABLE); its `details` hold host and reason. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** As `request`, for bodies that are too large to be held. Its chunks reject alike. */
  stream(request: HttpRequest): Promise<HttpStream>;
  /** Closes idle connections; requests under way fail. Idempotent. */
  close(): Promise<void>;
}
