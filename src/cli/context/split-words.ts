/**
 * A command line -> its words, for programs that are run without a shell. Quotes keep words
 * together; what only a shell understands is refused, not handed on as text.
 */
export type SplitWords = readonly string[] | { readonly problem: string };

/** Pipes, lists, redirections, substitutions and variables. */
const SHELL_ONLY = /[|&;<>$`(){}*?~#]/;

export function splitWords(text: string): SplitWords {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end === -1) return { problem: `has a ${character} that is not closed` };
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (SHELL_ONLY.test(character)) {
      return {
        problem: `has ${character}, which only a shell understands; quote it, or put it into a script`,
      };
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words;
}
