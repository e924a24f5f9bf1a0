/** Characters of one expression. */
export const MAX_LENGTH = 4096;

/** Brackets and conditionals within one another: what the parser goes down. */
export const MAX_NESTING = 64;

/** Comprehensions (`all`, `exists`, `map`...) within the bodies of others. */
export const MAX_LOOPS = 3;

/** Characters of a pattern for `matches`. */
export const MAX_PATTERN_LENGTH = 256;

/** How often a pattern may say that something repeats, all together: counted repetitions are written out when it is compiled. */
export const MAX_REPEAT = 100;

/** Steps that one evaluation may take. A step is a small operation: far below a microsecond, so all of them are some milliseconds. */
export const MAX_STEPS = 20_000;

/** Steps that all evaluations for one review may take together, however many expressions ask. */
export const MAX_STEPS_OF_REVIEW = 100_000;
