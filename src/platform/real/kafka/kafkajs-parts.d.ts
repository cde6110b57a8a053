/** Types of the one part of kafkajs that is loaded, past the package's main module. */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  export interface SilentLogger {
    namespace(): SilentLogger;
    debug(): void;
    info(): void;
    warn(): void;
    error(): void;
  }

  export interface QueueEntry {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly correlationId: number;
    readonly resolve: (answer: { readonly payload: Uint8Array | null }) => void;
    readonly reject: (error: unknown) => void;
  }

  export interface RequestQueue {
    readonly pending: readonly unknown[];
    push(request: {
      readonly entry: QueueEntry;
      readonly expectResponse: boolean;
      readonly requestTimeout: number;
      readonly sendRequest: () => void;
    }): void;
    fulfillRequest(answer: {
      readonly correlationId: number;
      readonly size: number;
      readonly payload: Uint8Array;
    }): void;
    rejectAll(error: unknown): void;
    maybeThrottle(throttleMs: number): void;
    scheduleCheckPendingRequests(): void;
  }

  export interface SaslOptions {
    readonly mechanism: string;
    readonly username?: string;
    readonly password?: string;
    /** Instead of kafkajs's own for the mechanism. */
    readonly authenticationProvider?: (login: SaslLogin) => { authenticate(): Promise<void> };
  }

  export interface SaslLogin {
    /** Resolves with what `parse` gives. */
    saslAuthenticate<T>(exchange: {
      readonly request: { encode(): Promise<Buffer> };
      readonly response: {
        /** The bytes have their length before them. */
        decode(answer: Uint8Array): Promise<Uint8Array>;
        parse(answer: Uint8Array): Promise<T>;
      };
    }): Promise<T>;
  }

  export interface ConnectionOptions {
    readonly host: string;
    readonly port: number;
    readonly clientId: string;
    readonly logger: SilentLogger;
    readonly sasl: SaslOptions | null;
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketFactory: (options: { readonly onConnect: () => void }) => Socket;
  }

  export default class Connection {
    constructor(options: ConnectionOptions);
    readonly requestQueue: RequestQueue;
    readonly socket: Socket;
    processData: (chunk: Uint8Array) => void;
    connect(): Promise<unknown>;
    isConnected(): boolean;
    isAuthenticated(): boolean;
    authenticate(): Promise<void>;
    setVersions(
      versions: Readonly<
        Record<number, { readonly minVersion: number; readonly maxVersion: number }>
      >,
    ): void;
    setSupportAuthenticationProtocol(isSupported: boolean): void;
    nextCorrelationId(): number;
  }
}
