/** Names of metrics by patterns: `*` stands for any text, `?` for one character. */

/** Without patterns: all names. In the order of the names. */
export function matchNames(
  names: readonly string[],
  patterns: readonly string[],
): readonly string[] {
  if (patterns.length === 0) return names;
  return names.filter((name) => patterns.some((pattern) => isMatch(name, pattern)));
}

/** Those patterns that match none of the names. */
export function unmatchedPatterns(
  names: readonly string[],
  patterns: readonly string[],
): readonly string[] {
  return patterns.filter((pattern) => names.every((name) => !isMatch(name, pattern)));
}

/**
 * In any case of letters: nobody remembers where a metric has capitals. A star first stands for
 * nothing and takes one more character at each mismatch; only the last star has to, so that the
 * time is at most the product of both lengths.
 */
function isMatch(anyName: string, anyPattern: string): boolean {
  const name = anyName.toLowerCase();
  const pattern = anyPattern.toLowerCase();
  let at = 0;
  let place = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = pattern[place];
    if (wanted === '*') {
      star = place++;
      starAt = at;
    } else if (wanted === '?' || wanted === name[at]) {
      at++;
      place++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(place));
}
