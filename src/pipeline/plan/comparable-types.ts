/** Which types the keys of a lookup or join can be compared in. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType } from '../../expression/type.ts';

/** Equal types; lengths of texts and bytes do not matter. */
export function areComparable(left: LogicalType, right: LogicalType): boolean {
  const hasLength = left.root === 'VARCHAR' || left.root === 'VARBINARY';
  if (hasLength && left.root === right.root) return true;
  return bareTypeText(left) === bareTypeText(right);
}
