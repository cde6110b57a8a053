/**
 * The login as kafkajs takes it. PLAIN and SCRAM are kafkajs's own; OAUTHBEARER is not, because its
 * form takes the answer to a refused token for a login.
 */
import type { SaslLogin, SaslOptions } from 'kafkajs/src/network/connection.js';
import type { KafkaSasl } from '../../kafka.ts';

export function saslOptions(sasl: KafkaSasl): SaslOptions {
  switch (sasl.mechanism) {
    case 'PLAIN':
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512':
      return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password };
    case 'OAUTHBEARER':
      return {
        mechanism: sasl.mechanism,
        authenticationProvider: (login) => ({
          authenticate: async () => presentToken(login, await sasl.token()),
        }),
      };
  }
}

/** RFC 7628: the separator, which alone also means that an error has been read. */
const SEPARATOR = '\x01';
const LENGTH_BYTES = 4;

async function presentToken(login: SaslLogin, token: string): Promise<void> {
  const first = `n,,${SEPARATOR}auth=Bearer ${token}${SEPARATOR}${SEPARATOR}`;
  const error = await exchange(login, first);
  // The broker says no only after that, in the form of every refused login.
  if (error !== '') await exchange(login, SEPARATOR);
}

/** What the broker answers: nothing when it takes the token. */
function exchange(login: SaslLogin, message: string): Promise<string> {
  return login.saslAuthenticate({
    request: { encode: async () => withLength(message) },
    response: {
      decode: async (answer) => answer.subarray(LENGTH_BYTES),
      parse: async (answer) => Buffer.from(answer).toString(),
    },
  });
}

function withLength(message: string): Buffer {
  const bytes = Buffer.from(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
