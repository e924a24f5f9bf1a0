import type { RootRecord } from '../../src/api/records/root-record.ts';
import { apiVersion } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { Discovery, ServedResource } from '../../src/engine/ports.ts';
import type { KnownKind } from '../../src/engine/roots/served-kinds.ts';

/** A namespaced kind: `kindOf('kubeflow.org', 'v1', 'PyTorchJob')`. */
export function kindOf(group: string, version: string, kind: string): KnownKind & { readonly type: ResourceType } {
  return { type: { group, version, plural: `${kind.toLowerCase()}s`, kind, namespaced: true } };
}

/** An object of a kind in namespace `ns`. */
export function makeRoot(type: ResourceType, name: string, overrides: Partial<RootRecord> = {}): RootRecord {
  return {
    key: `ns/${name}`,
    apiVersion: apiVersion(type),
    kind: type.kind,
    namespace: 'ns',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    createdMs: 0,
    deleting: false,
    groupPlan: '',
    queue: '',
    owner: undefined,
    ...overrides,
  };
}

/** A discovery that says what the test lets it say. */
export class FakeDiscovery implements Discovery {
  /** By `group/version`; undefined for one that does not answer. */
  readonly served = new Map<string, ServedResource[] | undefined>();
  isSilent = false;
  /** Questions so far. */
  asked = 0;

  serve(...types: readonly ResourceType[]): void {
    for (const type of types) {
      const version = apiVersion(type);
      this.served.set(version, [...(this.served.get(version) ?? []), type]);
    }
  }

  groupVersions(): Promise<ReadonlySet<string> | undefined> {
    this.asked += 1;
    return Promise.resolve(this.isSilent ? undefined : new Set(this.served.keys()));
  }

  resources(groupVersion: string): Promise<readonly ServedResource[] | undefined> {
    return Promise.resolve(this.served.get(groupVersion));
  }
}
