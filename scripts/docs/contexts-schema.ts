/**
 * The JSON Schema of the file with the contexts, for editors. What is checked when the file is read
 * is in src/cli/context/parse-contexts.ts; a test holds the two against each other.
 */
type Schema = Readonly<Record<string, unknown>>;

const text = (description: string): Schema => ({ type: 'string', description });
const flag = (description: string): Schema => ({ type: 'boolean', description });

function map(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  description?: string,
): Schema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

const reference = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

const address = (description: string): Schema => ({
  type: 'string',
  pattern: '^https?://[^@?#]+$',
  description,
});

const secret: Schema = {
  description: 'Where the secret is; it never stands in the file.',
  oneOf: [
    map({ env: { ...text('Name of a variable.'), pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } }, ['env']),
    map({ file: text('Path of a file that only its owner can read.') }, ['file']),
    map(
      {
        command: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          description: 'A program and its arguments, run without a shell, that prints the secret.',
        },
      },
      ['command'],
    ),
  ],
};

const auth: Schema = {
  description: 'Who we are.',
  oneOf: [
    map({ type: { const: 'none' } }, ['type']),
    map({ type: { const: 'bearer' }, token: reference('secret') }, ['type', 'token']),
    map({ type: { const: 'basic' }, user: text('Name.'), password: reference('secret') }, [
      'type',
      'user',
      'password',
    ]),
    map({ type: { const: 'header' }, name: text('Of the header.'), value: reference('secret') }, [
      'type',
      'name',
      'value',
    ]),
  ],
};

const tls = map(
  {
    authorities: text('Certificates of the authorities that are trusted, as PEM.'),
    certificate: text('Own certificate for mutual TLS, as PEM.'),
    key: text('Private key of the own certificate, as PEM; only its owner can read it.'),
    passphrase: reference('secret'),
    insecure: flag('Accept any certificate of the server; said at each use.'),
  },
  [],
  'TLS: paths begin at the folder of this file.',
);

const proxy: Schema = {
  description: 'HTTP proxy on the way to the cluster.',
  oneOf: [
    address('Its address.'),
    map({ url: address('Its address.'), user: text('Name.'), password: reference('secret') }, [
      'url',
    ]),
  ],
};

const gateway: Schema = {
  description: 'The SQL Gateway.',
  oneOf: [
    address('Its address; it gets the credentials of the cluster.'),
    map({ url: address('Its address.'), auth: reference('auth') }, ['url']),
  ],
};

const context = map(
  {
    url: address('REST address of the cluster; a path prefix is allowed.'),
    gateway,
    auth: reference('auth'),
    tls,
    proxy,
    headers: {
      type: 'object',
      description: 'Sent with every request.',
      additionalProperties: { oneOf: [{ type: 'string' }, reference('secret')] },
    },
    readOnly: flag('Refuse all that changes something in the cluster.'),
    timeout: text('How long to wait, such as 30s.'),
    allowInsecureToken: flag(
      'Send credentials over http to other machines, or to a server that is not verified.',
    ),
  },
  ['url'],
);

export function contextsJsonSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'drey contexts',
    ...map({
      currentContext: text('Name of the context that is used where nothing else is said.'),
      contexts: {
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
        additionalProperties: reference('context'),
      },
    }),
    definitions: { context, auth, secret },
  };
}
