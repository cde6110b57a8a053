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
  readonly bodyBytesMax: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly limits: HttpLimits;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Why there is no answer; `details.reason` of the UnreachableError. */
export type UnreachableReason =
  | 'invalid-url'
  | 'unknown-host'
  | 'refused'
  | 'connect-timeout'
  | 'headers-timeout'
  | 'body-timeout'
  | 'too-large'
  | 'cut-off'
  | 'tls'
  | 'not-http'
  | 'other';

export interface Http {
  /** Rejects with an UnreachableError (DREY_UNREACHABLE); its `details` hold host and reason. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections; requests under way fail. Idempotent. */
  close(): Promise<void>;
}
