/**
 * A server that speaks as much of the Kafka protocol as a test lets it: each request is handed to a
 * script, which answers, stays silent, cuts the connection or says something that nobody expects.
 */
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { readInt16, readInt32 } from '../../../../src/kafka/int64.ts';
import type { KafkaSettings } from '../../../../src/platform/kafka.ts';
import { KafkaError } from '../../../../src/platform/kafka-error.ts';
import { realKafka } from '../../../../src/platform/real/kafka/real-kafka.ts';
import { WireWriter } from '../../../../src/platform/real/kafka/wire-writer.ts';

export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  coordinator: 10,
  versions: 18,
  initProducer: 22,
  endTransaction: 26,
};

export interface AskedRequest {
  readonly apiKey: number;
  readonly connection: number;
}

/** A function writes the answer behind the correlation id; bytes go out as they are. */
export type ScriptedAnswer = ((writer: WireWriter) => void) | Uint8Array | 'silence' | 'cut';

export interface ScriptedBroker {
  readonly port: number;
  readonly server: string;
  /** All but those about versions, which every connection asks. */
  readonly asked: readonly AskedRequest[];
  readonly openConnections: () => number;
}

export type Script = (request: AskedRequest, broker: ScriptedBroker) => ScriptedAnswer;

export async function scriptedBroker(script: Script): Promise<ScriptedBroker> {
  const asked: AskedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + readInt32(rest, 0)) {
        const end = 4 + readInt32(rest, 0);
        answer(socket, rest.subarray(4, end), connection);
        rest = rest.subarray(end);
      }
    });
  });
  const answer = (socket: Socket, frame: Uint8Array, connection: number): void => {
    const request = { apiKey: readInt16(frame, 0), connection };
    if (request.apiKey !== API.versions) asked.push(request);
    const said = script(request, broker);
    if (said === 'silence') return;
    if (said === 'cut') return void socket.destroy();
    if (typeof said !== 'function') return void socket.write(said);
    const writer = new WireWriter().int32(readInt32(frame, 4));
    said(writer);
    socket.write(writer.framed());
  };
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const broker = { port, server: `127.0.0.1:${port}`, asked, openConnections: () => sockets.size };
  return broker;
}

/** Every request in every version. */
export function anyVersion(writer: WireWriter): void {
  const keys = Array.from({ length: 40 }, (_, key) => key);
  writer.int16(0).list(keys, (key) => writer.int16(key).int16(0).int16(20));
}

/** One broker, number 1, at this port, and no topics. */
export function oneBroker(port: number): (writer: WireWriter) => void {
  return (writer) => {
    writer.int32(0);
    writer.list([1], (node) => writer.int32(node).string('127.0.0.1').int32(port).string(null));
    writer.string('cluster').int32(1).int32(0);
  };
}

/** The broker itself, without an error. */
export function coordinatorAt(port: number): (writer: WireWriter) => void {
  return (writer) => {
    writer.int32(0).int16(0).string(null).int32(1).string('127.0.0.1').int32(port);
  };
}

/** As a good broker for what most tests do not look at. */
export function usual({ apiKey }: AskedRequest, { port }: ScriptedBroker): ScriptedAnswer {
  if (apiKey === API.versions) return anyVersion;
  if (apiKey === API.metadata) return oneBroker(port);
  if (apiKey === API.coordinator) return coordinatorAt(port);
  return 'silence';
}

export function connected(servers: readonly string[], changes: Partial<KafkaSettings> = {}) {
  const client = realKafka.connect({
    bootstrapServers: servers,
    clientId: 'tests',
    tls: null,
    sasl: null,
    connectTimeoutMs: 20_000,
    requestTimeoutMs: 20_000,
    ...changes,
  });
  onTestFinished(() => client.close());
  return client;
}

export async function failureOf(request: Promise<unknown>): Promise<KafkaError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  throw new Error('the request has an answer');
}
