/**
 * Redis over one socket a client. Answers are read by the decoder of @redis/client, which is loaded
 * with the first connection; the rest of that package would reconnect and repeat by its own rules.
 */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type {
  Redis,
  RedisAnswer,
  RedisClient,
  RedisCommand,
  RedisFailure,
  RedisRefusal,
  RedisReply,
  RedisSettings,
} from '../redis.ts';
import type { createDecoder, RedisDecoder } from './redis-protocol.ts';
import { TLS_VERSION_MIN } from './tls-version.ts';

interface Protocol {
  readonly createDecoder: typeof createDecoder;
}

/** Several texts become one write up to so many characters. */
const WRITE_CHARACTERS_MAX = 65_536;

export const realRedis: Redis = {
  connect: (settings) => new RealRedisClient(settings),
};

class RealRedisClient implements RedisClient {
  private readonly settings: RedisSettings;
  private connection: Connection | null = null;
  /** The server's id of the connection that was given up; null: it ended in order, or none was. */
  private leftId: number | null = null;
  private isClosed = false;

  constructor(settings: RedisSettings) {
    this.settings = settings;
  }

  async send(commands: readonly RedisCommand[]): Promise<RedisAnswer> {
    if (this.isClosed) return failed(this.settings, 'closed', 'the client was closed', false);
    if (this.connection === null) {
      const opened = await this.open();
      if (opened !== null) return opened;
    }
    const { connection } = this;
    if (connection === null) return failed(this.settings, 'closed', 'the client was closed', false);
    const answer = await connection.send(commands);
    if (answer.kind === 'failed') this.disconnect();
    return answer;
  }

  disconnect(): void {
    if (this.connection === null) return;
    this.leftId = this.connection.id;
    this.connection.close();
    this.connection = null;
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.disconnect();
    return Promise.resolve();
  }

  /** Null when a connection stands. */
  private async open(): Promise<RedisAnswer | null> {
    const { settings } = this;
    const protocol = await import('./redis-protocol.ts');
    const connection = new Connection(settings, protocol);
    const unconnected = await connection.open();
    if (unconnected !== null) return { kind: 'failed', failure: unconnected };
    const answer = await connection.send(greeting(settings, this.leftId));
    const refusal = answer.kind === 'failed' ? null : answer.replies.slice(0, -1).find(isRefusal);
    if (answer.kind === 'failed' || refusal !== undefined || this.isClosed) {
      connection.close();
      if (answer.kind === 'failed') {
        return { ...answer, failure: { ...answer.failure, isSent: false } };
      }
      if (refusal === undefined || refusal === null) {
        return failed(settings, 'closed', 'the client was closed', false);
      }
      // A server that has just been started says so to a login, too.
      const reason = refusal.code === 'LOADING' ? 'unreachable' : 'login';
      return failed(settings, reason, refusal.message, false);
    }
    const id = answer.replies.at(-2);
    connection.id = typeof id === 'number' ? id : null;
    this.leftId = null;
    this.connection = connection;
    return null;
  }
}

/** The id is asked for last but one; that an old connection is not there any more is no refusal. */
function greeting(settings: RedisSettings, leftId: number | null): readonly RedisCommand[] {
  const { username, password, database, clientName } = settings;
  const commands: RedisCommand[] = [];
  if (password !== null) {
    commands.push(username === null ? ['AUTH', password] : ['AUTH', username, password]);
  }
  if (database !== 0) commands.push(['SELECT', String(database)]);
  commands.push(['CLIENT', 'SETNAME', clientName], ['CLIENT', 'ID']);
  commands.push(leftId === null ? ['PING'] : ['CLIENT', 'KILL', 'ID', String(leftId)]);
  return commands;
}

class Connection {
  id: number | null = null;
  private readonly settings: RedisSettings;
  private readonly decoder: RedisDecoder;
  private socket: Socket | null = null;
  private replies: RedisReply[] = [];
  private expected = 0;
  private settle: ((failure: RedisFailure | null) => void) | null = null;
  /** Set once the connection has ended. */
  private ended: RedisFailure | null = null;

  constructor(settings: RedisSettings, { createDecoder }: Protocol) {
    this.settings = settings;
    this.decoder = createDecoder({
      reply: (reply) => {
        this.take(replyOf(reply));
      },
      refusal: (message) => {
        this.take(refusalOf(message));
      },
    });
  }

  /** Null when it stands. */
  open(): Promise<RedisFailure | null> {
    const { host, port, isTls, connectTimeoutMs } = this.settings;
    const socket = isTls
      ? connectTls({ host, port, servername: host, minVersion: TLS_VERSION_MIN })
      : connectPlain({ host, port });
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.read(bytes);
    });
    socket.on('close', () => {
      this.end('cut-off', 'the connection was closed');
    });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.end('timeout', `no connection within ${connectTimeoutMs} ms`);
      }, connectTimeoutMs);
      this.settle = (failure) => {
        clearTimeout(timer);
        resolve(failure);
      };
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        this.settleWith(null);
      });
      socket.on('error', (error) => {
        const reason = isTls && isTlsError(error) ? 'tls' : 'unreachable';
        this.end(this.settle === null || this.expected > 0 ? 'cut-off' : reason, error.message);
      });
    });
  }

  send(commands: readonly RedisCommand[]): Promise<RedisAnswer> {
    const { ended, socket } = this;
    if (ended !== null || socket === null) {
      const reason = ended ?? failureOf(this.settings, 'closed', 'the connection was closed');
      return Promise.resolve({ kind: 'failed', failure: { ...reason, isSent: false } });
    }
    this.replies = [];
    this.expected = commands.length;
    if (commands.length === 0) return Promise.resolve({ kind: 'replies', replies: [] });
    return new Promise((resolve) => {
      const { answerTimeoutMs } = this.settings;
      socket.setTimeout(answerTimeoutMs, () => {
        this.end('timeout', `no answer within ${answerTimeoutMs} ms`);
      });
      this.settle = (failure) => {
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        this.expected = 0;
        if (failure === null) resolve({ kind: 'replies', replies: this.replies });
        else resolve({ kind: 'failed', failure: { ...failure, isSent: true } });
      };
      this.write(socket, commands);
    });
  }

  close(): void {
    this.end('closed', 'the connection was closed');
  }

  /** Texts are joined as far as no bytes stand between them. */
  private write(socket: Socket, commands: readonly RedisCommand[]): void {
    let text = '';
    socket.cork();
    for (const command of commands) {
      text += `*${command.length}\r\n`;
      for (const word of command) {
        text += `$${Buffer.byteLength(word)}\r\n`;
        if (typeof word === 'string') {
          text += word;
        } else {
          socket.write(text);
          socket.write(word);
          text = '';
        }
        text += '\r\n';
        if (text.length < WRITE_CHARACTERS_MAX) continue;
        socket.write(text);
        text = '';
      }
    }
    socket.write(text);
    socket.uncork();
  }

  private read(bytes: Buffer): void {
    try {
      this.decoder.write(bytes);
    } catch (error) {
      this.end('unusable-answer', error instanceof Error ? error.message : String(error));
    }
  }

  private take(reply: RedisReply): void {
    if (this.replies.length >= this.expected) {
      this.end('unusable-answer', 'an answer came that nothing had asked for');
      return;
    }
    this.replies.push(reply);
    if (this.replies.length === this.expected) this.settleWith(null);
  }

  private end(reason: RedisFailure['reason'], detail: string): void {
    if (this.ended !== null) return;
    this.ended = failureOf(this.settings, reason, detail);
    this.socket?.destroy();
    this.settleWith(this.ended);
  }

  private settleWith(failure: RedisFailure | null): void {
    const { settle } = this;
    this.settle = null;
    settle?.(failure);
  }
}

/** Of RESP2: texts, whole numbers, null, lists; a refusal may stand in a list. */
function replyOf(reply: unknown): RedisReply {
  if (reply === null || typeof reply === 'string' || typeof reply === 'number') return reply;
  if (Array.isArray(reply)) return reply.map(replyOf);
  if (reply instanceof Error) return refusalOf(reply.message);
  return refusalOf(`ERR an answer of type ${typeof reply}`);
}

const isRefusal = (reply: RedisReply): reply is RedisRefusal =>
  typeof reply === 'object' && reply !== null && 'code' in reply;

function refusalOf(message: string): RedisRefusal {
  return { code: /^[A-Z]+/.exec(message)?.[0] ?? 'ERR', message };
}

function isTlsError(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return !/^(?:ECONN|EHOST|ENET|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT)/.test(code);
}

function failed(
  settings: RedisSettings,
  reason: RedisFailure['reason'],
  detail: string,
  isSent: boolean,
): RedisAnswer {
  return { kind: 'failed', failure: { ...failureOf(settings, reason, detail), isSent } };
}

function failureOf(
  { host, port }: RedisSettings,
  reason: RedisFailure['reason'],
  detail: string,
): RedisFailure {
  return { reason, server: `${host}:${port}`, detail, isSent: false };
}
