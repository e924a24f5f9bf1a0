import { arrayAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { quantityToUnits } from '../../src/lib/quantity.ts';
import type { TemplateFacts } from '../template-facts.ts';
import type { DeviceAmounts } from '../../src/api/accelerators/applied-wish.ts';
import { isCataloguedResource } from './inventory.ts';

/** What one container asks for of the catalogue's resources by itself. */
export interface AskedDevices {
  /** Index among the containers. */
  readonly container: number;
  readonly name: string;
  readonly resources: DeviceAmounts;
}

/** Of all containers that ask for some. O(containers x resources). */
export function askedDevices({ spec }: TemplateFacts): readonly AskedDevices[] {
  return arrayAt(spec, 'containers').flatMap((raw, container): readonly AskedDevices[] => {
    const resources = { ...catalogued(raw, 'requests'), ...catalogued(raw, 'limits') };
    return Object.keys(resources).length === 0 ? [] : [{ container, name: stringAt(raw, ['name']), resources }];
  });
}

function catalogued(container: JsonValue, list: 'requests' | 'limits'): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, raw] of Object.entries(objectAt(container, 'resources', list))) {
    if (!isCataloguedResource(name)) continue;
    const amount = quantityToUnits(raw, 'one', 'up');
    if (amount !== undefined && amount > 0) found[name] = amount;
  }
  return found;
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The container that gets the devices: the named one, the one that kubectl takes for the main one, or the first. */
export function mainContainer(
  { spec, annotations }: { readonly spec: JsonObject; readonly annotations: JsonObject },
  named: string,
): { readonly index: number; readonly name: string } | undefined {
  const names = arrayAt(spec, 'containers').map((raw) => stringAt(raw, ['name']));
  const index =
    named === '' ? Math.max(0, names.indexOf(stringAt(annotations, [DEFAULT_CONTAINER]))) : names.indexOf(named);
  const name = names[index];
  return name === undefined ? undefined : { index, name };
}
