/**
 * One connection to one broker, from the first byte over the login to its end. kafkajs's Connection
 * sends, matches answers, keeps to the broker's throttling and logs in (again); its framing and its
 * way of reading answers are replaced, and it is never connected twice.
 * Invariant: what has failed once stays failed; the next request gets a connection of its own.
 */
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type Connection from 'kafkajs/src/network/connection.js';
import type { SilentLogger } from 'kafkajs/src/network/connection.js';
import { mayHaveTakenEffect } from '../../../kafka/error-names.ts';
import type { KafkaSettings, KafkaTls } from '../../kafka.ts';
import { KafkaError, type KafkaFailure } from '../../kafka-error.ts';
import { TLS_VERSION_MIN } from '../tls-version.ts';
import { AnswerFrames } from './answer-frames.ts';
import {
  closedByServer,
  socketFailure,
  type ConnectionFailure,
  type FailedSocket,
} from './connection-failure.ts';
import { Refusal, type KafkaRequest } from './kafka-request.ts';
import { apiVersionsRequest, type ApiVersions } from './requests/cluster-requests.ts';
import { saslOptions } from './sasl-options.ts';
import { UnusableAnswer, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** As in messages; an IPv6 address in brackets. */
export function addressText({ host, port }: BrokerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const KEEP_ALIVE_DELAY_MS = 60_000;

/** Its words go nowhere: the errors here carry the facts. */
const SILENT: SilentLogger = {
  namespace: () => SILENT,
  debug() {},
  info() {},
  warn() {},
  error() {},
};

/** What a request says that fails before it has been asked. */
type OpeningRequest = Pick<KafkaFailure, 'request' | 'subject'>;

export class BrokerConnection {
  readonly server: string;
  private readonly address: BrokerAddress;
  private readonly settings: KafkaSettings;
  private readonly connection: Connection;
  private readonly frames = new AnswerFrames();
  private versions: ApiVersions = {};
  /** With the one about versions, which is given to everybody. */
  private answers = 0;
  private stage: FailedSocket['stage'] = 'connecting';
  private failure: ConnectionFailure | null = null;
  private socket: Socket | null = null;

  /** Sends nothing before `open`. */
  constructor(kafkajs: typeof Connection, address: BrokerAddress, settings: KafkaSettings) {
    this.address = address;
    this.server = addressText(address);
    this.settings = settings;
    this.connection = new kafkajs({
      ...address,
      clientId: settings.clientId,
      logger: SILENT,
      sasl: settings.sasl === null ? null : saslOptions(settings.sasl),
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      socketFactory: ({ onConnect }) => this.openSocket(onConnect),
    });
    this.connection.processData = (chunk) => this.receive(chunk);
    this.curePendingCheck();
  }

  get isOpen(): boolean {
    return this.failure === null && this.connection.isConnected();
  }

  /** Connects, asks for the versions and logs in, on behalf of `request`. */
  async open(request: OpeningRequest): Promise<void> {
    try {
      await this.connection.connect();
    } catch (error) {
      const limitMs = this.settings.connectTimeoutMs;
      const late = { reason: 'timeout', detail: `no connection within ${limitMs} ms` } as const;
      const failure = this.fail(late);
      this.destroy(failure);
      throw this.failed(request, failure, { isSent: false, error });
    }
    this.versions = await this.send(apiVersionsRequest);
    this.connection.setVersions(this.versions);
    this.connection.setSupportAuthenticationProtocol(true);
    await this.logIn(request);
  }

  /** Tried once; rejects with a KafkaError. */
  async send<T>(request: KafkaRequest<T>): Promise<T> {
    this.requireVersion(request);
    // Also when the broker limits how long a login holds.
    if (request !== apiVersionsRequest) await this.logIn(opening(request));
    const payload = await this.exchange(request);
    const reader = new WireReader(payload);
    try {
      const answer = request.read(reader);
      reader.finish();
      return answer;
    } catch (error) {
      throw this.unanswered(request, error);
    } finally {
      // As long as a request may take, or a wrong number would stop everything.
      const throttleMs = Math.min(reader.throttleMs, this.settings.requestTimeoutMs);
      this.connection.requestQueue.maybeThrottle(throttleMs);
    }
  }

  /** What is under way rejects with this reason. Idempotent. */
  destroy(failure: ConnectionFailure): void {
    this.fail(failure);
    this.socket?.destroy(new Error(failure.reason));
  }

  private async logIn(request: OpeningRequest): Promise<void> {
    if (this.settings.sasl === null || this.connection.isAuthenticated()) return;
    const startedAtMs = performance.now();
    try {
      await this.connection.authenticate();
    } catch (error) {
      const isLate = performance.now() - startedAtMs >= this.settings.requestTimeoutMs;
      const said = error instanceof Error ? error.message : String(error);
      const failure = this.failure ?? {
        reason: isLate ? ('timeout' as const) : ('authentication' as const),
        detail: said,
      };
      this.destroy(failure);
      throw this.failed(request, failure, { isSent: false, error });
    }
  }

  private exchange<T>(request: KafkaRequest<T>): Promise<Uint8Array> {
    const { connection, settings } = this;
    const { name, apiKey, version, isUnanswered = false, waitsMs = 0, roomBytes } = request;
    const correlationId = connection.nextCorrelationId();
    const writer = new WireWriter(roomBytes);
    writer.int16(apiKey).int16(version).int32(correlationId).string(settings.clientId);
    request.write(writer);
    const frame = writer.framed();
    return new Promise((resolve, reject) => {
      let isSent = false;
      const giveUp = (error: unknown): void => {
        const failure = this.failure ?? this.failureOf(error);
        reject(this.failed(request, failure, { isSent, error }));
        // The broker answers in order: what waits behind this request waits for ever.
        this.destroy(failure);
      };
      if (!this.isOpen) return giveUp(null);
      connection.requestQueue.push({
        entry: {
          apiKey,
          apiName: name,
          apiVersion: version,
          correlationId,
          resolve: ({ payload }) => resolve(payload ?? NOTHING),
          reject: giveUp,
        },
        expectResponse: !isUnanswered,
        requestTimeout: settings.requestTimeoutMs + waitsMs,
        sendRequest: () => {
          isSent = true;
          connection.socket.write(frame);
        },
      });
    });
  }

  private failureOf(error: unknown): ConnectionFailure {
    const isLate = error instanceof Error && error.name === 'KafkaJSRequestTimeoutError';
    return isLate
      ? { reason: 'timeout', detail: `no answer within ${this.settings.requestTimeoutMs} ms` }
      : { reason: 'cut-off', detail: null };
  }

  private unanswered<T>(request: KafkaRequest<T>, error: unknown): unknown {
    if (error instanceof Refusal) {
      const isOpenEnded = request.isWrite && (error.isPartial || mayHaveTakenEffect(error.reason));
      return new KafkaError({
        request: request.name,
        server: this.server,
        subject: request.subject,
        reason: error.reason,
        detail: error.detail,
        outcome: isOpenEnded ? 'unknown' : 'not-done',
      });
    }
    if (!(error instanceof UnusableAnswer)) return error;
    const failure = { reason: 'unusable-answer', detail: error.message } as const;
    this.destroy(failure);
    return this.failed(request, failure, { isSent: true, error });
  }

  private failed(
    request: OpeningRequest | KafkaRequest<unknown>,
    { reason, detail }: ConnectionFailure,
    { isSent, error }: { readonly isSent: boolean; readonly error: unknown },
  ): KafkaError {
    const isWrite = 'isWrite' in request && request.isWrite;
    return new KafkaError(
      {
        request: 'name' in request ? request.name : request.request,
        server: this.server,
        subject: request.subject,
        reason,
        detail,
        outcome: isSent && isWrite ? 'unknown' : 'not-done',
      },
      error ?? undefined,
    );
  }

  private requireVersion<T>({ name, apiKey, version, subject }: KafkaRequest<T>): void {
    if (apiKey === apiVersionsRequest.apiKey) return;
    const range = this.versions[apiKey];
    if (range !== undefined && version >= range.minVersion && version <= range.maxVersion) return;
    const spoken =
      range === undefined ? 'no' : `versions ${range.minVersion} to ${range.maxVersion} of`;
    throw new KafkaError({
      request: name,
      server: this.server,
      subject,
      reason: 'UNSUPPORTED_VERSION',
      detail: `the broker has ${spoken} ${name}, and version ${version} is needed; drey speaks to Kafka 2.1 and later`,
      outcome: 'not-done',
    });
  }

  private receive(chunk: Uint8Array): void {
    try {
      for (const { correlationId, sizeBytes, payload } of this.frames.push(chunk)) {
        this.answers++;
        this.connection.requestQueue.fulfillRequest({ correlationId, size: sizeBytes, payload });
      }
    } catch (error) {
      if (!(error instanceof UnusableAnswer)) throw error;
      this.destroy({ reason: 'unusable-answer', detail: error.message });
    }
  }

  private openSocket(onConnect: () => void): Socket {
    const { host, port } = this.address;
    const { tls } = this.settings;
    const onReady = (): void => {
      this.stage = 'connected';
      onConnect();
    };
    try {
      const socket =
        tls === null
          ? connectSocket({ host, port, noDelay: true }, onReady)
          : connectTls({ host, port, ...tlsOptions(tls, host) }, onReady);
      this.socket = socket;
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
      socket.on('error', (error) => this.fail(socketFailure(error, this.failedSocket())));
      socket.on('end', () => this.fail(closedByServer(this.failedSocket())));
      // The last that a socket says, whatever came before; kafkajs does not listen for it.
      socket.on('close', () => {
        this.fail(closedByServer(this.failedSocket()));
        this.connection.requestQueue.rejectAll(null);
      });
      return socket;
    } catch (error) {
      // A certificate or key that cannot be read.
      this.fail({ reason: 'tls', detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  private failedSocket(): FailedSocket {
    const { tls, sasl } = this.settings;
    const isTls = tls !== null;
    const mayLackLogin = sasl === null && this.answers <= 1;
    return { stage: this.stage, isTls, host: this.address.host, mayLackLogin };
  }

  /** The first failure is the one that counts; the others are its consequences. */
  private fail(failure: ConnectionFailure): ConnectionFailure {
    this.failure ??= failure;
    return this.failure;
  }

  /**
   * kafkajs sets a timer after each answer, a millisecond long and again and again, which Node 24
   * also warns of, because its delay is negative (tulios/kafkajs#1751). It is only needed when
   * requests wait for the end of a throttling.
   */
  private curePendingCheck(): void {
    const queue = this.connection.requestQueue;
    const schedule = queue.scheduleCheckPendingRequests.bind(queue);
    queue.scheduleCheckPendingRequests = () => {
      if (queue.pending.length > 0) schedule();
    };
  }
}

const NOTHING = new Uint8Array(0);

export function opening(request: KafkaRequest<unknown>): OpeningRequest {
  return { request: request.name, subject: request.subject };
}

function tlsOptions(tls: KafkaTls, host: string): object {
  return {
    minVersion: TLS_VERSION_MIN,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tls.authorities === null ? {} : { ca: tls.authorities }),
    ...(tls.certificate === null ? {} : { cert: tls.certificate }),
    ...(tls.privateKey === null ? {} : { key: tls.privateKey }),
    ...(tls.passphrase === null ? {} : { passphrase: tls.passphrase }),
    ...(tls.verifiesHostName ? {} : { checkServerIdentity: () => undefined }),
  };
}
