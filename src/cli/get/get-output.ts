import { stringify } from 'yaml';
import { qualifiedName } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { textTable } from '../policy/text-table.ts';
import type { GetFormat } from './get-format.ts';
import type { ListedKind } from './listed-kind.ts';

/** What is told, beside the objects. */
export interface GetView {
  readonly format: GetFormat;
  /** Objects of all namespaces: theirs are told. */
  readonly tellsNamespace: boolean;
  readonly nowMs: number;
}

/** Objects as `kubectl get` would tell them; an object alone is not put into a list. */
export function getOutput(
  { type, columns }: ListedKind,
  objects: readonly JsonObject[],
  isOne: boolean,
  { format, tellsNamespace, nowMs }: GetView,
): string {
  const whole: JsonObject = isOne ? (objects[0] ?? {}) : { apiVersion: 'v1', kind: 'List', items: objects };
  switch (format) {
    case 'json':
      return JSON.stringify(whole, undefined, 4);
    case 'yaml':
      return stringify(whole).trimEnd();
    case 'name':
      return objects.map((object) => `${qualifiedName(type)}/${nameOf(object)}`).join('\n');
    default: {
      const shown = columns.filter(({ isWide = false }) => !isWide || format === 'wide');
      const head = [...(tellsNamespace ? ['NAMESPACE'] : []), ...shown.map((column) => column.head)];
      const rows = objects.map((object) => [
        ...(tellsNamespace ? [stringAt(object, ['metadata', 'namespace'])] : []),
        ...shown.map(({ cell }) => cell(object, nowMs)),
      ]);
      return textTable([head, ...rows]).join('\n');
    }
  }
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}
