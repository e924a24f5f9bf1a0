/** A piece of a shell script: a word as it is written, quotes and all, or an operator. A newline is the operator `;`. */
export type Token = { readonly kind: 'word' | 'operator'; readonly text: string };

/** The value of a variable; the empty text where it is not set. */
export type Variables = (name: string) => string;

/** What a command prints; UNKNOWN where nobody can tell. */
export type Output = (command: string) => string;

/** Stands in a word for text that nobody knows. No word of a shell holds it by itself. */
export const UNKNOWN = '\0';

const IGNORED = /^(?:[ \t]|\\\n|#[^\n]*|\d*(?:>>|[<>]&?)[ \t]*&?[^\s;&|()<>]+)+/;
const OPERATOR = /^(?:&&|\|\||;;|[;&|()\n])/;
const PIECE = /'[^']*'|"(?:\\[^]|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`|\\[^]|[^\s;&|()<>'"`\\]/.source;
const WORD = new RegExp(`^(?:${PIECE})+`);
const VARIABLE = /\$(?:\{(\w+)[^}]*\}|(\w+|[?#@*$!-]))/g;
// Letters are pieces of one each, and a variable's name must not be torn apart.
const WHOLE_PIECES = new RegExp(`(?:[^'"\\\\\`$]|${VARIABLE.source})+|${PIECE}`, 'g');
const OUTPUT = /\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`/g;

/** Splits a script; comments and redirections are left out. Undefined where a quote stays open and the like. */
export function tokensOf(script: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let rest = script;
  for (;;) {
    rest = rest.replace(IGNORED, '');
    if (rest === '') return tokens;
    const operator = OPERATOR.exec(rest)?.[0];
    const text = operator ?? WORD.exec(rest)?.[0];
    if (text === undefined) return undefined;
    tokens.push(operator === undefined ? { kind: 'word', text } : { kind: 'operator', text: text.replace('\n', ';') });
    rest = rest.slice(text.length);
  }
}

/** What a shell makes of a written word. */
export function expanded(written: string, variables: Variables, output: Output): readonly string[] {
  const text = (written.match(WHOLE_PIECES) ?? []).map((piece) => pieceText(piece, variables, output)).join('');
  return /['"]/.test(written) || !/[$`]/.test(written) ? [text] : text.split(/\s+/).filter((word) => word !== '');
}

/** What a pattern of `case` fits: stars, question marks and brackets. */
export function globOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
    .replaceAll('[!', '[^');
  return new RegExp(`^${source}$`);
}

function pieceText(piece: string, variables: Variables, output: Output): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('\\')) return piece.slice(1);
  const quoted = piece.startsWith('"');
  const inner = quoted ? piece.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1') : piece;
  return inner
    .replaceAll(OUTPUT, (command) => output(command.replace(/^(?:\$\(|`)/, '').slice(0, -1)))
    .replaceAll(VARIABLE, (_, braced: string | undefined, plain: string | undefined) =>
      variables(braced ?? plain ?? ''),
    );
}
