import { HmacSubmitterKeys, newSubmitterKey } from '../../src/adapters/submitter-keys.ts';
import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { projectJob } from '../../src/api/projections/job.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { projectPod } from '../../src/api/projections/pod.ts';
import { projectRoot } from '../../src/api/projections/root.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PlanRoot } from '../../src/controllers/pod-group/plan-root.ts';
import { reconcilePodGroup } from '../../src/controllers/pod-group/reconcile.ts';
import { BelievedGroups } from '../../src/engine/submitters/believed-groups.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { observePlan } from '../support/pod-group-suite.ts';
import { Chain } from './frameworks/chain.ts';
import { planOn } from './fixture.ts';

const PLAN = 'sluice.dev/group-plan';
/** Who makes pods from templates. */
export const MANAGER = 'system:kube-controller-manager';
export const LATER_MS = 600_000;
const NOW_MS = Date.UTC(2030, 0, 1);
export const CONTAINERS = [{ name: 'main', resources: { requests: { cpu: '1' } } }];

/** An object with other metadata; members that are objects are merged. */
export function withMetadata(object: JsonObject, metadata: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), ...metadata } };
}

export function annotated(object: JsonObject, annotations: JsonObject): JsonObject {
  return withMetadata(object, { annotations: { ...objectAt(object, 'metadata', 'annotations'), ...annotations } });
}

export function planned(object: JsonObject, over: Partial<GroupPlan>): JsonObject {
  return annotated(object, { [PLAN]: formatGroupPlan({ ...planOn(object), ...over }) });
}

/** With annotations on the template at `spec` and the path. */
export function inTemplate(object: JsonObject, [name]: readonly [string], annotations: JsonObject): JsonObject {
  const spec = objectAt(object, 'spec');
  return { ...object, spec: { ...spec, [name]: annotated(objectAt(spec, name), annotations) } };
}

export function pod(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: CONTAINERS } };
}

export function cronJob(name = 'nightly'): JsonObject {
  const template = { spec: { containers: CONTAINERS, restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { jobTemplate: { metadata: {}, spec: { template } } },
  };
}

export function workload(kind: string, name: string): JsonObject {
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { template: { spec: { containers: CONTAINERS } } } };
}

export function rootOf(object: JsonObject): PlanRoot {
  const [version = '', group = ''] = stringAt(object, ['apiVersion']).split('/').toReversed();
  const kind = stringAt(object, ['kind']);
  const type = { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
  if (kind === 'Job') return { kind: 'job', record: some(projectJob(object)) };
  if (kind === 'Pod') return { kind: 'pod', record: some(projectPod(object, new Map())) };
  return { kind: 'object', type, record: some(projectRoot(type, object)) };
}

export function some<T>(record: T | undefined): T {
  if (record === undefined) throw new Error('there is no record');
  return record;
}

/** Keys, a clock, and objects that are reviewed and signed with them. */
export class SignedWorld {
  readonly key = newSubmitterKey();
  readonly clock = new ManualClock(NOW_MS);
  readonly keys = new HmacSubmitterKeys({ signer: 'k1', keys: new Map([['k1', this.key]]) }, this.clock);
  readonly chain = new Chain('known', { keys: this.keys, clock: this.clock });

  jobOf(cron: JsonObject): JsonObject {
    const { metadata, spec } = objectAt(cron, 'spec', 'jobTemplate');
    const made = { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata ?? {}, spec: spec ?? {} };
    return this.chain.make(withMetadata(made, { name: `${stringAt(cron, ['metadata', 'name'])}-1` }), cron, MANAGER);
  }

  /** A pod as the controller of the ReplicaSet or StatefulSet makes it. */
  podOf(maker: JsonObject, labels: JsonObject = {}): JsonObject {
    const template = objectAt(maker, 'spec', 'template');
    const metadata = {
      ...objectAt(template, 'metadata'),
      generateName: `${stringAt(maker, ['metadata', 'name'])}-`,
      labels,
    };
    return this.chain.make({ apiVersion: 'v1', kind: 'Pod', ...template, metadata }, maker, MANAGER);
  }

  /** The ReplicaSet that the controller of Deployments makes: nobody reviews it. */
  replicaSetOf(deployment: JsonObject, name = `${stringAt(deployment, ['metadata', 'name'])}-7d4f`): JsonObject {
    return this.chain.slip({ ...deployment, kind: 'ReplicaSet', metadata: { name } }, deployment);
  }

  /** The PodGroup that Sluice makes for the object, as it is stored. */
  groupOf(object: JsonObject, by = this.keys): PodGroupRecord {
    const effects = reconcilePodGroup(observePlan(rootOf(object), { submitterKeys: by }));
    const made = effects.find((effect) => effect.kind === 'create');
    if (made === undefined) throw new Error(`no group: ${JSON.stringify(effects)}`);
    return some(projectPodGroup(withMetadata(made.body, { uid: 'uid-of-group' })));
  }

  /** Whose the group is to the scheduler; in parentheses who it says, and nobody has verified. */
  believed(group: PodGroupRecord, by = this.keys): string {
    const seen: string[] = [];
    const groups = new BelievedGroups(by, (changes) => {
      for (const change of changes) if (change.kind === 'upsert') seen.push(change.record.submitter);
    });
    groups.apply([{ kind: 'upsert', record: group }]);
    const [name = ''] = seen;
    return name === group.submitter ? name : `(${group.submitter})`;
  }

  /** Whose the group of an object is to the scheduler. */
  userOf(object: JsonObject): string {
    return this.believed(this.groupOf(object));
  }
}
