/** Fetches a secret from where it is. Refuses one that others could read, too. */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { describeSecret, type SecretReference } from './context.ts';

const SECRET_BYTES_MAX = 64 * 1024;
const COMMAND_MS = 30_000;
const GROUP_AND_OTHERS = 0o077;

/** Without the line break at its end. Throws an InputError that names the place, never the secret. */
export async function readSecret(reference: SecretReference, platform: Platform): Promise<string> {
  const secret = (await read(reference, platform)).replace(/\r?\n$/, '');
  if (secret === '') throw unusable(reference, 'is empty');
  // It becomes part of a header.
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(secret))
    throw unusable(reference, 'holds characters that a header cannot have');
  return secret;
}

async function read(reference: SecretReference, platform: Platform): Promise<string> {
  switch (reference.kind) {
    case 'env': {
      const value = platform.environment[reference.name];
      if (value === undefined) throw unusable(reference, 'is not set');
      return value;
    }
    case 'file':
      return readSecretFile(reference, platform);
    case 'command':
      return runSecretCommand(reference, platform);
  }
}

async function readSecretFile(
  reference: SecretReference & { kind: 'file' },
  { files }: Platform,
): Promise<string> {
  const bits = await files.permissions(reference.path);
  if (bits !== null && (bits & GROUP_AND_OTHERS) !== 0) {
    const message = `${reference.path} holds a secret and can be read by others (mode ${bits.toString(8)})`;
    throw new InputError('DREY_CREDENTIAL_EXPOSED', message, {
      hint: `Restrict it: chmod 600 ${reference.path}`,
      details: { file: reference.path },
    });
  }
  return new TextDecoder().decode(await files.readAll(reference.path, SECRET_BYTES_MAX));
}

async function runSecretCommand(
  reference: SecretReference & { kind: 'command' },
  { commands, environment }: Platform,
): Promise<string> {
  const outcome = await commands.run(reference.words, {
    timeoutMs: COMMAND_MS,
    outputBytesMax: SECRET_BYTES_MAX,
    environment,
  });
  switch (outcome.kind) {
    case 'ended':
      if (outcome.status === 0) return tokenIn(outcome.output);
      throw unusable(reference, `ended with ${outcome.status}`);
    case 'not-found':
      throw unusable(reference, 'is in no absolute folder of PATH');
    case 'timeout':
      throw unusable(reference, `gave nothing within ${COMMAND_MS / 1000} s`);
    case 'too-much-output':
      throw unusable(reference, `printed more than ${SECRET_BYTES_MAX} bytes`);
    case 'failed':
      throw unusable(reference, `failed: ${outcome.reason}`);
  }
}

/** The text itself, or the `token` of a JSON object, as helpers of other tools print it. */
function tokenIn(output: string): string {
  if (!/^\s*\{/.test(output)) return output;
  try {
    const token: unknown = (JSON.parse(output) as { readonly token?: unknown }).token;
    return typeof token === 'string' ? token : '';
  } catch {
    // Not JSON after all: then it is the secret.
    return output;
  }
}

function unusable(reference: SecretReference, reason: string): InputError {
  return new InputError('DREY_CREDENTIAL', `${describeSecret(reference)} ${reason}`, {
    details: { reference: reference.kind },
  });
}
