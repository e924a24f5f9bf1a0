/** What one field of a schedule may say. */
export interface FieldBounds {
  /** For people. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Words for the values, from the lowest on, in lower case; empty where there are none. */
  readonly names: readonly string[];
}

export type FieldResult =
  | {
      readonly kind: 'values';
      readonly values: ReadonlySet<number>;
      /** `*` without a step, alone or in a list: the field leaves the choice to others. */
      readonly isOpen: boolean;
    }
  | { readonly kind: 'problem'; readonly problem: string };

type Piece = { readonly kind: 'piece'; readonly values: readonly number[]; readonly isOpen: boolean } | Problem;
type Problem = Extract<FieldResult, { kind: 'problem' }>;

/** Reads one field: `*`, `?`, values, ranges and steps, in a list separated by commas. */
export function readField(text: string, bounds: FieldBounds): FieldResult {
  const pieces = text
    .split(',')
    .filter((piece) => piece !== '')
    .map((piece) => readPiece(piece, bounds));
  const wrong = pieces.find((piece) => piece.kind === 'problem');
  if (wrong !== undefined) return wrong;
  const good = pieces.flatMap((piece) => (piece.kind === 'piece' ? [piece] : []));
  if (good.length === 0) return problem(bounds, `has no value: ${text}`);
  return {
    kind: 'values',
    values: new Set(good.flatMap(({ values }) => values)),
    isOpen: good.some(({ isOpen }) => isOpen),
  };
}

function readPiece(text: string, bounds: FieldBounds): Piece {
  const [range = '', stepText, ...more] = text.split('/');
  if (more.length > 0) return problem(bounds, `has too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : numberOf(stepText);
  if (step === undefined) return problem(bounds, `has a step that is no number: ${text}`);
  if (step === 0) return problem(bounds, `has a step of zero: ${text}`);
  if (range === '*' || range === '?') {
    return { kind: 'piece', values: valuesOf(bounds.from, bounds.to, step), isOpen: step === 1 };
  }
  const [fromText = '', toText = fromText, ...others] = range.split('-');
  if (others.length > 0) return problem(bounds, `has too many hyphens: ${text}`);
  const from = valueOf(fromText, bounds);
  // A step without an end goes on to the last value.
  const to = stepText !== undefined && !range.includes('-') ? bounds.to : valueOf(toText, bounds);
  const wrong = rangeProblem(from, to, bounds);
  if (from === undefined || to === undefined || wrong !== undefined) return problem(bounds, `${wrong}: ${text}`);
  return { kind: 'piece', values: valuesOf(from, to, step), isOpen: false };
}

function rangeProblem(from: number | undefined, to: number | undefined, bounds: FieldBounds): string | undefined {
  if (from === undefined || to === undefined) return 'cannot be read';
  if (from < bounds.from) return `is below ${bounds.from}`;
  if (to > bounds.to) return `is above ${bounds.to}`;
  return from > to ? 'begins after its end' : undefined;
}

function valueOf(text: string, { from, names }: FieldBounds): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  return named === -1 ? numberOf(text) : named + from;
}

/** Digits alone; nobody means more than four. */
function numberOf(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

function valuesOf(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function problem({ name }: FieldBounds, what: string): Problem {
  return { kind: 'problem', problem: `the ${name} ${what}` };
}
