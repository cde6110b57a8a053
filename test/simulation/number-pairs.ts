/**
 * What a dictionary has given out, as far as a reader sees it: which number a value gets is free, but
 * a value has one number and a number one value.
 */

export class NumberPairs {
  private readonly ofValue = new Map<unknown, unknown>();
  private readonly ofNumber = new Map<unknown, unknown>();
  /** The first pair that contradicts another one; null: there is none. */
  twice: string | null = null;

  add(value: unknown, number: unknown): void {
    const isKnown = this.ofValue.has(value) || this.ofNumber.has(number);
    const isSame = this.ofValue.get(value) === number && this.ofNumber.get(number) === value;
    if (isKnown && !isSame) this.twice ??= `${String(value)} has the number ${String(number)}, too`;
    this.ofValue.set(value, number);
    this.ofNumber.set(number, value);
  }
}
