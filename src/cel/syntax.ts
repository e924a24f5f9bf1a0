export type Macro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/** A parsed expression; `at` is the offset in the text that a message about it points at. */
export type Syntax =
  | { readonly kind: 'literal'; readonly value: null | boolean | bigint | number | string; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  /** `operand.field`, or `has(operand.field)`. */
  | {
      readonly kind: 'select' | 'has';
      readonly operand: Syntax;
      readonly field: string;
      readonly at: number;
    }
  | { readonly kind: 'index'; readonly operand: Syntax; readonly index: Syntax; readonly at: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      /** What the function is called on; undefined when it stands alone. */
      readonly target: Syntax | undefined;
      readonly args: readonly Syntax[];
      readonly at: number;
    }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Syntax; readonly at: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
      readonly at: number;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Syntax;
      readonly whenTrue: Syntax;
      readonly otherwise: Syntax;
      readonly at: number;
    }
  | { readonly kind: 'list'; readonly items: readonly Syntax[]; readonly at: number }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Syntax, Syntax])[]; readonly at: number }
  | {
      readonly kind: 'loop';
      readonly macro: Macro;
      readonly range: Syntax;
      readonly variable: string;
      /** Of `map` with three arguments: what is not taken over. */
      readonly condition: Syntax | undefined;
      readonly body: Syntax;
      readonly at: number;
    };
