/** Closes parts one after the other, each whatever comes of the others. */

export interface Closable {
  close(): void | Promise<void>;
}

/** Resolves when all have been asked; gives their failures in their order. */
export async function closeAll(parts: Iterable<Closable>): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      await part.close();
    } catch (failure) {
      failures.push(failure);
    }
  }
  return failures;
}

/** As `closeAll`, and rejects with the first failure. */
export async function closeEach(parts: Iterable<Closable>): Promise<void> {
  const failures = await closeAll(parts);
  if (failures.length > 0) throw failures[0];
}
