import { arrayAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import type { HistoryEvent } from '../history.ts';
import type { Amounts } from './amounts.ts';

/** As in Kubernetes' quotas, behind the name of the class. */
const SUFFIX = '.deviceclass.resource.k8s.io/devices';
const ONE = 1000n;

/** What claims have of DeviceClasses, by their own word alone. */
export class ClassUse {
  readonly #devices = new Map<string, Amounts>();

  take({ key, object, type }: HistoryEvent): void {
    if (type === 'DELETED') this.#devices.delete(key);
    else this.#devices.set(key, devicesOf(object));
  }

  /** In what of classes these claims are over the limits, each claim counted once. */
  excess(owner: string, limits: Amounts, keys: () => ReadonlySet<string>): readonly string[] {
    const classes = [...limits].filter(([resource]) => resource.endsWith(SUFFIX));
    if (classes.length === 0) return [];
    const claims = [...keys()];
    return classes.flatMap(([resource, limit]) => {
      const held = claims.reduce((sum, key) => sum + (this.#devices.get(key)?.get(resource) ?? 0n), 0n);
      return held > limit ? [`${owner} holds ${held} of ${limit} thousandths of ${resource}`] : [];
    });
  }
}

/** Claims that a pod uses, by `namespace/name`. */
export function claimsOf(pod: JsonObject): readonly string[] {
  const made = new Map(
    arrayAt(pod, 'status', 'resourceClaimStatuses').map((each) => [
      stringAt(each, ['name']),
      stringAt(each, ['resourceClaimName']),
    ]),
  );
  return arrayAt(pod, 'spec', 'resourceClaims').map((each) => {
    const name = stringAt(each, ['resourceClaimName']) || made.get(stringAt(each, ['name']));
    return `${stringAt(pod, ['metadata', 'namespace'])}/${name}`;
  });
}

function devicesOf(claim: JsonObject): Amounts {
  const counts = new Map<string, bigint>();
  for (const result of arrayAt(claim, 'status', 'allocation', 'devices', 'results')) {
    const [name, alternative = ''] = stringAt(result, ['request']).split('/');
    const request = arrayAt(claim, 'spec', 'devices', 'requests').find((each) => stringAt(each, ['name']) === name);
    const ask =
      arrayAt(request, 'firstAvailable').find((each) => stringAt(each, ['name']) === alternative) ??
      objectAt(request, 'exactly');
    const resource = `${stringAt(ask, ['deviceClassName'])}${SUFFIX}`;
    counts.set(resource, (counts.get(resource) ?? 0n) + ONE);
  }
  return counts;
}
