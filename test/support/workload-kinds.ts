import type { RootRecord } from '../../src/api/records/root-record.ts';
import { apiVersion } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { Discovery, ServedResource } from '../../src/engine/ports.ts';
import type { KnownKind } from '../../src/engine/roots/served-kinds.ts';

/** A namespaced kind: `kindOf('kubeflow.org', 'v1', 'PyTorchJob')`. */
export function kindOf(group: string, version: string, kind: string): ResourceType {
  return { group, version, plural: `${kind.toLowerCase()}s`, kind, namespaced: true };
}

/** The same as something that we know of, in further versions if need be. */
export function known({ group, version, plural: resource, kind }: ResourceType, ...more: readonly string[]): KnownKind {
  return { group, versions: [version, ...more], kind, resource };
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
    submitter: {},
    handedDown: new Map(),
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
