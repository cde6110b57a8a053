/** Fields of whatever is kept in Redis: where the server is, and what a sink writes there. */
import { mapField } from './composite-fields.ts';
import {
  defaulted,
  optional,
  required,
  isMismatch,
  type Field,
  type Mismatch,
  type ValuesOf,
} from './field.ts';
import { choiceField, durationField, readText, textField } from './scalar-fields.ts';
import { sqlField } from './sql-field.ts';

/** What a `redis` URL says. */
export interface RedisUrl {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
}

const PORT = 6_379;
const FORM = 'redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS';

export const redisUrlField: Field<RedisUrl> = {
  shape: { kind: 'scalar', type: 'redis URL', pattern: /^rediss?:\/\/.+/ },
  read(node, reader) {
    const text = readText(node, reader);
    if (text === null) return null;
    const url = parseRedisUrl(text.text);
    if (!isMismatch(url)) return url;
    // The value itself may hold a password.
    reader.report(text.node, { code: 'DREY_PIPELINE_VALUE', message: url.mismatch });
    return null;
  },
};

export const redisLoginOptions = {
  username: optional(textField(), {
    description: 'The user of the login, in place of the one in the url; `default` without it.',
    example: 'drey',
  }),
  password: optional(textField(), {
    description: 'The password of the login, from the environment or a file.',
    example: '${REDIS_PASSWORD}',
  }),
} as const;

export const redisServerOptions = {
  url: required(redisUrlField, {
    description: `The server: \`${FORM}\`. A password is better given by \`password\`.`,
    example: 'redis://localhost:6379/0',
  }),
  ...redisLoginOptions,
} as const;

/** Longest time to live: Redis counts milliseconds in 63 bits, this is 100 years. */
const TTL_MAX_MS = 3_155_760_000_000;

export const redisSinkOptions = {
  ...redisServerOptions,
  mode: defaulted(choiceField(['hash', 'zset', 'string']), 'hash', {
    description:
      'What lies under a key. `hash`: the `fields`; `zset`: a sorted set of members with scores; `string`: one field as text, several as a JSON object.',
    example: 'zset',
  }),
  key: required(sqlField('expression'), {
    description: 'The key of a row. The last row of a key counts (of a key and member in `zset`).',
    example: '"\'uv:\' || province"',
  }),
  member: optional(sqlField('expression'), {
    description: 'The member of a sorted set.',
    example: 'deviceId',
  }),
  score: optional(sqlField('expression'), {
    description: 'The number by which members are sorted; Redis keeps it as a DOUBLE.',
    example: 'pv',
  }),
  fields: optional(mapField(sqlField('expression'), { keyName: 'field', mayBeEmpty: false }), {
    description: 'Names and values of a hash or a text; without it the columns of the input.',
    example: '{ pv: pv, uv: uv }',
  }),
  ttl: optional(durationField(1, TTL_MAX_MS), {
    description: 'A key goes so long after it was written last; without it, it stays.',
    example: '1d',
  }),
} as const;

/** Null when there is no url that can be read. */
export function redisAddress({
  url,
  username,
  password,
}: ValuesOf<typeof redisServerOptions>): RedisUrl | null {
  if (url === null) return null;
  return {
    ...url.value,
    ...(username !== null && { username: username.value }),
    ...(password !== null && { password: password.value }),
  };
}

export function parseRedisUrl(text: string): RedisUrl | Mismatch {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) {
    return { mismatch: `Expected ${FORM}.` };
  }
  const url = new URL(text);
  const database = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (url.hostname === '' || database === undefined || url.search !== '' || url.hash !== '') {
    return { mismatch: `Expected ${FORM}.` };
  }
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === undefined || password === undefined) {
    return { mismatch: 'User and password of the URL are not percent-encoded as they must be.' };
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORT : Number(url.port),
    isTls: url.protocol === 'rediss:',
    username: username === '' ? null : username,
    password: password === '' ? null : password,
    database: Number(database),
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
