import { BIND_COMPLETED_ANNOTATION, SELECTED_NODE_ANNOTATION } from '../../src/api/keys.ts';
import type { Clock } from '../../src/engine/ports.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { keyOf } from './fake-api.ts';
import type { FakeApi } from './fake-api.ts';

/** How claims of classes that make volumes fare: they get one, nobody answers, or the provisioner gives up on the node. */
export type Provisioning = 'makes' | 'silent' | 'givesUp';

/** Whoever watches sees a change before what follows from it. */
const REACTION_MS = 5;

/** What Kubernetes' volume controller and a provisioner do, as far as the scheduler waits for it. */
export class VolumeController {
  provisioning: Provisioning = 'makes';
  readonly #api: FakeApi;
  #isRunning = true;

  constructor(api: FakeApi, clock: Pick<Clock, 'after'>) {
    this.#api = api;
    api.watch(({ plural, object }) => {
      clock.after(REACTION_MS, () => {
        const newest = api.get(plural, keyOf(object));
        if (newest !== undefined && this.#isRunning) this.#look(plural, newest);
      });
    });
  }

  /** Nothing is bound or made from now on. */
  stop(): void {
    this.#isRunning = false;
  }

  /** Goes on, with what was left lying. */
  start(): void {
    this.#isRunning = true;
    for (const plural of ['persistentvolumes', 'persistentvolumeclaims']) {
      for (const object of this.#api.list(plural)) this.#look(plural, object);
    }
  }

  #look(plural: string, object: JsonObject): void {
    if (plural === 'persistentvolumes') this.#bind(object);
    if (plural === 'persistentvolumeclaims') this.#provision(object);
  }

  #bind(volume: JsonObject): void {
    const namespace = stringAt(volume, ['spec', 'claimRef', 'namespace']);
    const key = `${namespace}/${stringAt(volume, ['spec', 'claimRef', 'name'])}`;
    const claim = this.#api.get('persistentvolumeclaims', key);
    if (claim === undefined || stringAt(volume, ['status', 'phase']) === 'Bound') return;
    this.#api.patch('persistentvolumes', keyOf(volume), { status: { phase: 'Bound' } });
    this.#api.patch('persistentvolumeclaims', key, {
      metadata: { annotations: { [BIND_COMPLETED_ANNOTATION]: 'yes' } },
      spec: { volumeName: keyOf(volume) },
    });
  }

  #provision(claim: JsonObject): void {
    const node = stringAt(claim, ['metadata', 'annotations', SELECTED_NODE_ANNOTATION]);
    if (node === '' || stringAt(claim, ['spec', 'volumeName']) !== '' || this.provisioning === 'silent') return;
    if (this.provisioning === 'givesUp') {
      this.#api.patch('persistentvolumeclaims', keyOf(claim), {
        metadata: { annotations: { [SELECTED_NODE_ANNOTATION]: null } },
      });
      return;
    }
    const name = `made-${stringAt(claim, ['metadata', 'name'])}`;
    const {
      namespace,
      name: claimName,
      uid,
    } = {
      namespace: stringAt(claim, ['metadata', 'namespace']),
      name: stringAt(claim, ['metadata', 'name']),
      uid: stringAt(claim, ['metadata', 'uid']),
    };
    const volume = rawVolume(name, node);
    this.#api.put('persistentvolumes', {
      ...volume,
      spec: { ...(volume['spec'] as JsonObject), claimRef: { namespace, name: claimName, uid } },
    });
  }
}

/** A volume of 1 GiB that one node reaches; its class is `local`. */
export function rawVolume(name: string, node: string): JsonObject {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    metadata: { name, uid: `volume-${name}` },
    spec: {
      storageClassName: 'local',
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
    status: { phase: 'Available' },
  };
}

/** An unbound claim of 1 GiB in namespace `ns`. */
export function rawClaim(name: string, className = 'local'): JsonObject {
  return {
    metadata: { name, namespace: 'ns', uid: `claim-${name}` },
    spec: {
      storageClassName: className,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
    status: { phase: 'Pending' },
  };
}

/** A class whose claims wait for their first consumer. */
export function rawClass(name: string, provisioner = 'kubernetes.io/no-provisioner'): JsonObject {
  return { metadata: { name, uid: `class-${name}` }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' };
}
