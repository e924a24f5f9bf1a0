import { arrayAt, memberAt, stringAt } from '../../../src/lib/json.ts';

const OF_THE_POD = /^(metadata\.(?:name|namespace|uid)|spec\.(?:nodeName|serviceAccountName))$/;
const OF_A_MAP = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The environment of a container: values that are written, and what its pod tells of itself, as an indexed Job's index. */
export function variablesOf(container: unknown, pod: unknown): ReadonlyMap<string, string> {
  const host = stringAt(pod, ['spec', 'hostname'], stringAt(pod, ['metadata', 'name']));
  const written = arrayAt(container, 'env').map(
    (each) => [stringAt(each, ['name']), stringAt(each, ['value'], fieldOf(each, pod))] as const,
  );
  return new Map([['HOSTNAME', host], ...written]);
}

function fieldOf(variable: unknown, pod: unknown): string {
  const path = stringAt(variable, ['valueFrom', 'fieldRef', 'fieldPath']);
  const [, map = '', key = ''] = OF_A_MAP.exec(path) ?? [];
  if (map !== '') return stringAt(memberAt(pod, 'metadata', map), [key]);
  return OF_THE_POD.test(path) ? stringAt(pod, path.split('.')) : '';
}
