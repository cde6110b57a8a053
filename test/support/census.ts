/** How large the collections are that can be reached from an object, for tests that look for growth. */

/** Deeper than any path of interest. */
const DEPTH_MAX = 24;

/** Sums the sizes of maps, sets and arrays by the path that leads to them. */
export function census(root: object): ReadonlyMap<string, number> {
  const seen = new Set<object>();
  const sizes = new Map<string, number>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    if (seen.has(value) || depth > DEPTH_MAX) return;
    seen.add(value);
    const items = itemsOf(value);
    if (items === null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`, depth + 1);
      return;
    }
    sizes.set(path, (sizes.get(path) ?? 0) + items.length);
    for (const item of items) visit(item, `${path}[]`, depth + 1);
  };
  visit(root, '', 0);
  return sizes;
}

function itemsOf(value: object): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.values()];
  return value instanceof Set ? [...value] : null;
}
