import { stringify } from 'yaml';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { CertificateMode, CompatMode } from './settings.ts';

/** One object of an installation. */
export interface Document {
  readonly object: JsonObject;
  /** The switch among the chart's values that it hangs on; always there without. */
  readonly when?: string;
  /** The value of the chart that has to be empty for it. */
  readonly unless?: string;
  /** It belongs to one kind of certificates alone. */
  readonly certificates?: CertificateMode;
  /** It belongs to an installation in the place of Volcano, or to one that is not. */
  readonly compat?: CompatMode;
}

/** The objects as one YAML text below a header. */
export function yamlText(header: string, objects: readonly JsonObject[]): string {
  return `# ${header}\n${objects.map(objectText).join('---\n')}`;
}

/** What no two objects of an installation have in common. */
export function identityOf(object: JsonObject): string {
  return [['kind'], ['metadata', 'namespace'], ['metadata', 'name']].map((path) => stringAt(object, path)).join(' ');
}

/** One object as YAML. */
export function objectText(object: JsonObject): string {
  return stringify(object, { lineWidth: 120, aliasDuplicateObjects: false });
}
