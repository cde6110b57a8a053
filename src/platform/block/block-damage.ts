/** Thrown by the formats of this folder; block-compression.ts says it with a code. */
export class BlockDamage extends Error {
  readonly kind: 'corrupt' | 'too-large';

  constructor(kind: 'corrupt' | 'too-large', reason: string) {
    super(reason);
    this.name = new.target.name;
    this.kind = kind;
  }
}

export function corrupt(reason: string): BlockDamage {
  return new BlockDamage('corrupt', reason);
}

export function tooLarge(limitBytes: number): BlockDamage {
  return new BlockDamage('too-large', `it unpacks to more than ${limitBytes} bytes`);
}
