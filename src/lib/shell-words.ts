/** A run of a word: in single quotes, in double quotes with escapes, an escaped character, or plain. */
const PART = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/y;
const BLANKS = /\s*/y;

/** The words of a command line as a POSIX shell splits them, without any expansion; undefined when a quote is left open. */
export function shellWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = pastBlanks(line, 0);
  while (at < line.length) {
    let word = '';
    while (at < line.length && !/\s/.test(line.charAt(at))) {
      PART.lastIndex = at;
      const part = PART.exec(line);
      if (part === null) return undefined;
      word += part[1] ?? part[2]?.replaceAll(/\\(["\\$`])/g, '$1') ?? part[3] ?? part[4] ?? '';
      at = PART.lastIndex;
    }
    words.push(word);
    at = pastBlanks(line, at);
  }
  return words;
}

function pastBlanks(line: string, from: number): number {
  BLANKS.lastIndex = from;
  BLANKS.exec(line);
  return BLANKS.lastIndex;
}
