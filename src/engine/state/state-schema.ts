/**
 * What the bytes of an operator's state mean, as named sentences of text that a snapshot keeps
 * beside them. State is read only by an operator whose traits say the same.
 * Invariant: the texts are part of the snapshot format. One that changes, although the bytes mean
 * what they meant, makes every older snapshot unreadable.
 */

export interface StateTrait {
  /** As a sentence names it: `group-by`, `window`. */
  readonly name: string;
  readonly text: string;
}

export type StateSchema = readonly StateTrait[];

const IN_FLIGHT = 'rows in flight to input ';

/** Name of the trait of an input, which matters only where a snapshot holds rows in flight to it. */
export function inFlightTrait(input: number): string {
  return `${IN_FLIGHT}${input + 1}`;
}

export function isInFlightTrait(name: string): boolean {
  return name.startsWith(IN_FLIGHT);
}

/**
 * What differs, as `group-by was [a INT], is [a INT, b INT]`; null: nothing. Traits that only one of
 * them has are not compared: the version that begins to write one reads the state of before, too.
 */
export function stateDifference(before: StateSchema, now: StateSchema): string | null {
  const known = new Map(now.map(({ name, text }) => [name, text]));
  const changes = before.flatMap(({ name, text }) => {
    const current = known.get(name);
    return current === undefined || current === text ? [] : [`${name} was ${text}, is ${current}`];
  });
  return changes.length === 0 ? null : changes.join('; ');
}
