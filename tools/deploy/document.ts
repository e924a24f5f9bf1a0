import { stringify } from 'yaml';
import type { JsonObject } from '../../src/lib/json.ts';

/** One object of an installation. */
export interface Document {
  readonly object: JsonObject;
  /** The switch among the chart's values that it hangs on; always there without. */
  readonly when?: string;
}

/** The objects as one YAML text below a header. */
export function yamlText(header: string, objects: readonly JsonObject[]): string {
  return `# ${header}\n${objects.map(objectText).join('---\n')}`;
}

/** One object as YAML. */
export function objectText(object: JsonObject): string {
  return stringify(object, { lineWidth: 120, aliasDuplicateObjects: false });
}
