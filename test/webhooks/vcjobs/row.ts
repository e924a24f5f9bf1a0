import type { JsonObject } from '../../../src/lib/json.ts';

/** The same in one line: rule, one that passes, one that is refused, path, text. */
export type Row = readonly [rule: string, passes: JsonObject, refused: JsonObject, path: string, text: string];
