/** Fetches a secret from where it is. Refuses one that others could read, too. */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { TOKEN_VARIABLE } from './choose-target.ts';
import { describeSecret, type SecretReference } from './context.ts';
import { parseHelperAnswer } from './parse-helper-answer.ts';
import { refuseUnlessPrivate } from './refuse-unless-private.ts';

const SECRET_BYTES_MAX = 64 * 1024;
/** A helper that asks somebody has to remember the answer. */
const COMMAND_MS = 10_000;

export interface Secret {
  readonly value: string;
  /** Null: nobody said so. */
  readonly expiresAtMs: number | null;
}

/** The value alone; see `fetchSecret`. */
export async function readSecret(reference: SecretReference, platform: Platform): Promise<string> {
  return (await fetchSecret(reference, platform)).value;
}

/** Without the line break at its end. Throws an InputError that names the place, never the secret. */
export async function fetchSecret(reference: SecretReference, platform: Platform): Promise<Secret> {
  const { value, expiresAtMs } = await readFrom(reference, platform);
  const secret = value.replace(/\r?\n$/, '');
  if (secret === '') throw unusable(reference, 'is empty');
  // It becomes part of a header.
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(secret)) {
    throw unusable(reference, 'holds characters that a header cannot have');
  }
  if (expiresAtMs !== null && expiresAtMs <= platform.clock.nowMs()) {
    const expiredAt = new Date(expiresAtMs).toISOString();
    throw unusable(reference, `gave a token that is over since ${expiredAt}`);
  }
  return { value: secret, expiresAtMs };
}

async function readFrom(reference: SecretReference, platform: Platform): Promise<Secret> {
  switch (reference.kind) {
    case 'env': {
      const value = platform.environment[reference.name];
      if (value === undefined) throw unusable(reference, 'is not set');
      return { value, expiresAtMs: null };
    }
    case 'file': {
      await refuseUnlessPrivate(reference.path, platform);
      const bytes = await platform.files.readAll(reference.path, SECRET_BYTES_MAX);
      return { value: new TextDecoder().decode(bytes), expiresAtMs: null };
    }
    case 'command':
      return runHelper(reference, platform);
  }
}

async function runHelper(
  reference: SecretReference & { kind: 'command' },
  { commands, environment }: Platform,
): Promise<Secret> {
  // Another program's own credentials it may need; drey's it does not.
  const { [TOKEN_VARIABLE]: _, ...others } = environment;
  const outcome = await commands.run(reference.words, {
    timeoutMs: COMMAND_MS,
    outputBytesMax: SECRET_BYTES_MAX,
    environment: others,
  });
  switch (outcome.kind) {
    case 'ended': {
      if (outcome.status !== 0) throw unusable(reference, `ended with ${outcome.status}`);
      const answer = parseHelperAnswer(outcome.output);
      if ('problem' in answer) throw unusable(reference, answer.problem);
      return answer;
    }
    case 'not-found':
      throw unusable(reference, 'is neither an absolute path nor in an absolute folder of PATH');
    case 'timeout':
      throw unusable(reference, `gave nothing within ${COMMAND_MS / 1000} s`);
    case 'too-much-output':
      throw unusable(reference, `printed more than ${SECRET_BYTES_MAX} bytes`);
    case 'failed':
      throw unusable(reference, `failed: ${outcome.reason}`);
  }
}

function unusable(reference: SecretReference, reason: string): InputError {
  return new InputError('DREY_CREDENTIAL', `${describeSecret(reference)} ${reason}`, {
    details: { reference: reference.kind },
  });
}
