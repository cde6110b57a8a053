/** Many requests of one kind, a few at a time: a cluster answers all of them on a few threads. */

const AT_ONCE = 6;

/** The results in the order of the items. The first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: { readonly index: number; readonly result: Result }[] = [];
  const waiting = items.map((item, index) => ({ item, index }));
  const takeNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push({ index: next.index, result: await work(next.item) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, takeNext));
  return results.sort((left, right) => left.index - right.index).map(({ result }) => result);
}
