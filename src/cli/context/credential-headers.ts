/**
 * The headers that prove who we are, kept as long as they are good: until the time that a helper
 * said, or until the server does not accept them any more.
 */
import type { Credentials } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Authentication, SecretReference } from './context.ts';
import { fetchSecret, type Secret } from './read-secret.ts';

/** A token that ends while a request is on its way is no good. */
const BEFORE_END_MS = 10_000;
/** What was fetched just now is not fetched again: it would be the same, and somebody may be asked. */
const FRESH_MS = 30_000;

export interface Proof {
  readonly authentication: Authentication;
  readonly secretHeaders: Readonly<Record<string, SecretReference>>;
}

/** Null: there is nothing to prove. */
export function credentialHeaders(proof: Proof, platform: Platform): Credentials | null {
  const { authentication, secretHeaders } = proof;
  if (authentication.kind === 'none' && Object.keys(secretHeaders).length === 0) return null;
  const keeper = new SecretKeeper(platform);
  return async (areRefused = false) => {
    if (areRefused) keeper.forgetOld();
    const headers: Record<string, string> = {};
    for (const [name, reference] of Object.entries(secretHeaders)) {
      headers[name] = await keeper.valueOf(reference);
    }
    return { ...headers, ...(await authenticationHeader(authentication, keeper)) };
  };
}

async function authenticationHeader(
  authentication: Authentication,
  keeper: SecretKeeper,
): Promise<Readonly<Record<string, string>>> {
  switch (authentication.kind) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${await keeper.valueOf(authentication.token)}` };
    case 'basic': {
      const password = await keeper.valueOf(authentication.password);
      const pair = Buffer.from(`${authentication.user}:${password}`).toString('base64');
      return { authorization: `Basic ${pair}` };
    }
    case 'header': {
      const { name, value } = authentication;
      return { [name.toLowerCase()]: await keeper.valueOf(value) };
    }
  }
}

class SecretKeeper {
  private readonly platform: Platform;
  private readonly kept = new Map<SecretReference, Kept>();

  constructor(platform: Platform) {
    this.platform = platform;
  }

  async valueOf(reference: SecretReference): Promise<string> {
    const kept = this.kept.get(reference) ?? this.renew(reference);
    const { value, expiresAtMs } = await kept.secret;
    const isOver =
      expiresAtMs !== null && expiresAtMs - BEFORE_END_MS <= this.platform.clock.nowMs();
    // Other requests may have fetched it anew meanwhile.
    if (!isOver || this.isFresh(kept) || this.kept.get(reference) !== kept) return value;
    return (await this.renew(reference).secret).value;
  }

  forgetOld(): void {
    for (const [reference, kept] of this.kept) {
      if (!this.isFresh(kept)) this.kept.delete(reference);
    }
  }

  private renew(reference: SecretReference): Kept {
    const secret = fetchSecret(reference, this.platform);
    const kept = { secret, fetchedAtMs: this.platform.clock.monotonicMs() };
    this.kept.set(reference, kept);
    return kept;
  }

  private isFresh({ fetchedAtMs }: Kept): boolean {
    return this.platform.clock.monotonicMs() - fetchedAtMs < FRESH_MS;
  }
}

interface Kept {
  /** One for all that ask at the same time. */
  readonly secret: Promise<Secret>;
  readonly fetchedAtMs: number;
}
