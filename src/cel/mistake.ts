/** What is wrong with the text of an expression. */
export interface CelMistake {
  /** Both from 1, in characters as editors count them. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Carries a mistake from where it was seen out of the parser and the compiler; never leaves this folder. */
export class MistakeFound extends Error {
  override readonly name = 'MistakeFound';
  /** Offset in the text. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** The mistake with its place in the text. */
export function placed(text: string, { at, message }: MistakeFound): CelMistake {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}
