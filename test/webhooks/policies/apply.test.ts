import { expect } from 'chai';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { memberAt, stringAt } from '../../../src/lib/json.ts';
import { NAMESPACES, PRIORITY_CLASSES, RUNTIME_CLASSES } from '../../../src/api/resources.ts';
import { policy } from '../../support/policies.ts';
import type { AdmissionRequest, AdmitFn, ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { mutateWorkload } from '../../../webhooks/apps/mutate.ts';
import { workloadRights } from '../../../webhooks/apps/rights.ts';
import { mutateCronJob } from '../../../webhooks/cron-jobs/mutate.ts';
import { cronJobRights } from '../../../webhooks/cron-jobs/rights.ts';
import { askJob } from '../../../webhooks/jobs/ask.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { jobRights } from '../../../webhooks/jobs/rights.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { podRights } from '../../../webhooks/pods/rights.ts';
import { policyRights } from '../../../webhooks/policies/rights.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { validatePolicyReview } from '../../../webhooks/policies/validate.ts';
import { patched, planOn, request, summary, view } from '../fixture.ts';
import { job } from '../jobs/job-fixture.ts';

const QUEUE = 'volcano.sh/queue-name';
const BY_CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';
const QUEUES = { default: {}, blue: {}, green: {}, shut: { state: 'Closed' } };

type Specs = Readonly<Record<string, JsonObject>>;

function cluster(specs: Specs): ClusterView {
  return view({
    queues: QUEUES,
    unknownPriorityClasses: ['lost'],
    policies: compile(Object.entries(specs).map(([id, spec]) => policy(id, spec))),
    records: new Map<typeof NAMESPACES, readonly unknown[]>([
      [NAMESPACES, [{ name: 'team-a', labels: ['tier', 'gold'], optedIn: true, defaultQueue: '' }]],
      [PRIORITY_CLASSES, [{ name: 'usual', value: 0, isGlobalDefault: true }]],
      [RUNTIME_CLASSES, [{ name: 'sandboxed' }]],
    ]),
  });
}

function pod(parts: { labels?: JsonObject; spec?: JsonObject; owned?: boolean } = {}): JsonObject {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs', controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: parts.labels ?? {}, ...(parts.owned === true ? { ownerReferences: [owner] } : {}) },
    spec: { schedulerName: 'default-scheduler', containers: [{ name: 'c' }], ...parts.spec },
  };
}

function deployment(template: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] }, ...template },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec };
}

interface Kind {
  readonly admit: AdmitFn;
  readonly group: string;
  readonly resource: string;
  readonly at: readonly string[];
}

const POD: Kind = { admit: mutatePod, group: '', resource: 'pods', at: [] };
const JOB: Kind = { admit: mutateJob, group: 'batch', resource: 'jobs', at: ['spec', 'template'] };
const CRON: Kind = {
  admit: mutateCronJob,
  group: 'batch',
  resource: 'cronjobs',
  at: ['spec', 'jobTemplate', 'spec', 'template'],
};
const DEPLOYMENT: Kind = { admit: mutateWorkload, group: 'apps', resource: 'deployments', at: ['spec', 'template'] };

function ask(kind: Kind, object: JsonObject, specs: Specs, over: Partial<AdmissionRequest> = {}): Verdict {
  const { admit, group, resource } = kind;
  return admit(request({ group, resource, object, ...over }), cluster(specs));
}

/** The object as it is stored, after a check that a second review leaves it so. */
function stored(kind: Kind, object: JsonObject, specs: Specs, over: Partial<AdmissionRequest> = {}): JsonObject {
  const once = patched(object, ask(kind, object, specs, over));
  expect(patched(once, ask(kind, once, specs, over)), 'a second review').to.deep.equal(once);
  return once;
}

function at(object: JsonObject, kind: Kind, ...path: readonly string[]): JsonValue | undefined {
  return memberAt(object, ...kind.at, ...path);
}

const TOLERATION = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

const TEMPLATES: Readonly<Record<string, { kind: Kind; object: JsonObject }>> = {
  'a pod': { kind: POD, object: pod() },
  'the template of a Job': { kind: JOB, object: job() },
  'the template of a Deployment': { kind: DEPLOYMENT, object: deployment() },
  'the template of a CronJob': {
    kind: CRON,
    object: { metadata: { name: 'nightly' }, spec: { jobTemplate: { spec: job()['spec'] ?? {} } } },
  },
};

describe('a wish in a policy', () => {
  const wishing = { gpus: { set: { accelerators: '1 x gpu, may come', dataLocality: 'imagenet' } } };
  const container = (after: JsonObject, kind: Kind): unknown => {
    const all = at(after, kind, 'spec', 'containers');
    return Array.isArray(all) ? memberAt(all[0], 'resources', 'limits', 'nvidia.com/gpu') : undefined;
  };

  for (const [name, { kind, object }] of Object.entries(TEMPLATES)) {
    if (name === 'the template of a Deployment') continue;
    it(`becomes devices and claims of ${name}`, () => {
      const after = stored(kind, object, wishing);
      expect(container(after, kind)).to.equal('1');
      const annotations = at(after, kind, 'metadata', 'annotations');
      expect(stringAt(annotations, ['sluice.dev/accelerators'])).to.equal('1 x gpu, may come');
      expect(stringAt(annotations, ['sluice.dev/datasets'])).to.equal('imagenet');
    });
  }

  it('leaves pods alone that wish something themselves, and those of a Job that does', () => {
    const ownWish = { 'sluice.dev/accelerators': '1 x gpu, vendor nvidia, may come' };
    const wishOf = (kind: Kind, object: JsonObject): unknown =>
      memberAt(at(stored(kind, object, wishing), kind, 'metadata', 'annotations'), 'sluice.dev/accelerators');
    for (const [kind, object] of [[POD, pod()] as const, [JOB, job()] as const]) {
      const own = { ...object, metadata: { name: 'own', annotations: ownWish } };
      expect(String(wishOf(kind, own))).to.contain('nvidia');
    }
  });

  it('that nobody can read is refused when it is written', () => {
    const object = { metadata: { name: 'p' }, spec: { set: { accelerators: '8 x what is this' } } };
    expect(summary(validatePolicyReview(request({ object, namespace: '' }), cluster({})))).to.equal(
      '422 InvalidPolicy spec.set.accelerators',
    );
  });
});

describe('what a policy sets', () => {
  for (const [name, { kind, object }] of Object.entries(TEMPLATES)) {
    it(`is in ${name}: priority class, runtime class, toleration, node, gate, label, annotation`, () => {
      const after = stored(kind, object, {
        all: {
          set: {
            priorityClass: { name: 'high' },
            runtimeClass: { name: 'sandboxed' },
            tolerations: { ensure: [TOLERATION] },
            nodeRequirements: { all: [{ key: 'gpu.product', operator: 'In', values: ['A100'] }] },
            schedulingGate: { name: 'example.com/data-ready' },
            labels: { values: { 'cost-centre': '42' } },
            annotations: { values: { 'example.com/note': 'hello' } },
          },
        },
      });
      expect(at(after, kind, 'spec', 'priorityClassName')).to.equal('high');
      expect(at(after, kind, 'spec', 'runtimeClassName')).to.equal('sandboxed');
      expect(at(after, kind, 'spec', 'tolerations')).to.deep.equal([TOLERATION]);
      expect(at(after, kind, 'spec', 'schedulingGates')).to.deep.equal([{ name: 'example.com/data-ready' }]);
      expect(at(after, kind, 'metadata', 'labels', 'cost-centre')).to.equal('42');
      expect(at(after, kind, 'metadata', 'annotations', 'example.com/note')).to.equal('hello');
      expect(JSON.stringify(at(after, kind, 'spec', 'affinity'))).to.contain('"A100"');
    });

    it(`is the queue of ${name}`, () => {
      const after = stored(kind, object, { all: { set: { queue: { name: 'green' } } } });
      const labels =
        kind === CRON
          ? memberAt(after, 'spec', 'jobTemplate', 'metadata', 'labels')
          : at(after, kind, 'metadata', 'labels');
      expect(stringAt(labels, [QUEUE])).to.equal('green');
    });
  }

  it('is the priority of the plan and the queue of the group', () => {
    const after = stored(JOB, job(), { all: { set: { queue: { name: 'green' }, priorityClass: { name: 'high' } } } });
    expect(planOn(after)).to.include({ queue: 'green', priorityClassName: 'high', policies: 'all' });
  });

  it('is the lower bound of a gang, which follows no update, and is never more than run at once', () => {
    const specs = { all: { set: { gang: { minMembers: 3 } } } };
    const after = stored(JOB, job(), specs);
    expect(planOn(after).tasks[0]?.min).to.equal(3);
    const larger = { ...after, spec: { ...(after['spec'] as JsonObject), parallelism: 8, completions: 8 } };
    const update = ask(JOB, larger, {}, { operation: 'UPDATE', oldObject: after });
    expect(planOn(patched(larger, update)).tasks[0]?.min).to.equal(3);
    expect(planOn(stored(JOB, job({ spec: { parallelism: 2 } }), specs)).tasks[0]?.min).to.equal(2);
  });

  it('is a lower bound in place of the one of the Job where it is told to override', () => {
    const own = job({ annotations: { 'scheduling.volcano.sh/group-min-member': '4' } });
    const minOf = (onConflict: string): number | undefined =>
      planOn(stored(JOB, own, { all: { set: { gang: { minMembers: 2, onConflict } } } })).tasks[0]?.min;
    expect([minOf('Override'), minOf('IfAbsent')]).to.deep.equal([2, 4]);
  });

  it('that a copied manifest brings as a lower bound counts for nothing', () => {
    const after = stored(JOB, job({ annotations: { 'sluice.dev/policy-min-member': '2' } }), {});
    expect(planOn(after).tasks[0]?.min).to.equal(4);
    expect(stringAt(after, ['metadata', 'annotations', 'sluice.dev/policy-min-member'])).to.equal('');
  });

  it('is there when it is asked what pods will be charged and whether nodes take them', () => {
    const nodes = { all: [{ key: 'disk', operator: 'Exists' }] };
    const all = { set: { runtimeClass: { name: 'sandboxed' }, nodeRequirements: nodes } };
    const asked = askJob(request({ group: 'batch', resource: 'jobs', object: job() }), cluster({ all }));
    expect(asked.map(({ kind }) => kind)).to.deep.equal(['fetch', 'fit']);
    expect(JSON.stringify(asked)).to.contain('"sandboxed"').and.contain('"disk"');
  });

  it('goes to no pods that another scheduler places', () => {
    const foreign = job({ templateSpec: { schedulerName: 'other' } });
    expect(summary(ask(JOB, foreign, { all: { set: { priorityClass: { name: 'high' } } } }))).to.equal('allow');
  });

  it('does not roll a Deployment out whose template stays as it is', () => {
    const old = deployment();
    const labelled = deployment({}, { labels: { team: 'x' } });
    const specs = { all: { set: { priorityClass: { name: 'high' } } } };
    expect(summary(ask(DEPLOYMENT, labelled, specs, { operation: 'UPDATE', oldObject: old }))).to.equal('allow');
  });
});

describe('a pod whose priority the API server has written by now', () => {
  const spec = { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
  it('loses the number with its class, so that the API server writes the new one', () => {
    const after = stored(POD, pod({ spec }), { all: { set: { priorityClass: { name: 'high' } } } });
    expect(after['spec'])
      .to.include({ priorityClassName: 'high' })
      .and.not.have.any.keys('priority', 'preemptionPolicy');
  });

  it('has chosen nothing while its class is the default of the cluster', () => {
    const object = pod({ spec: { ...spec, priorityClassName: 'usual' } });
    const after = stored(POD, object, { all: { set: { priorityClass: { name: 'high' } } } });
    expect(stringAt(after, ['spec', 'priorityClassName'])).to.equal('high');
  });
});

describe('a value that the object has already', () => {
  const own = job({ templateSpec: { priorityClassName: 'mine' } });
  const named = job({ labels: { [QUEUE]: 'blue' } });
  const rows = [
    ['IfAbsent', own, 'priorityClass', 'mine'],
    ['Override', own, 'priorityClass', 'high'],
    ['RejectOnConflict', own, 'priorityClass', '403 PolicyConflict spec.template.spec.priorityClassName'],
    ['IfAbsent', named, 'queue', 'blue'],
    ['Override', named, 'queue', 'high'],
    ['RejectOnConflict', named, 'queue', '403 PolicyConflict metadata.labels[volcano.sh/queue-name]'],
  ] as const;
  for (const [onConflict, object, field, want] of rows) {
    it(`${field} with ${onConflict}: ${want}`, () => {
      const name = field === 'queue' ? 'green' : 'high';
      const specs = { all: { set: { [field]: { name, onConflict } } } };
      const verdict = ask(JOB, object, specs);
      if (verdict.kind === 'deny') expect(summary(verdict)).to.equal(want);
      else {
        const after = stored(JOB, object, specs);
        const found = field === 'queue' ? planOn(after).queue : planOn(after).priorityClassName;
        expect(found).to.equal(want === 'high' ? name : want);
      }
    });
  }

  it('only warns with enforcement Warn', () => {
    const specs = {
      all: { enforcement: 'Warn', set: { priorityClass: { name: 'high', onConflict: 'RejectOnConflict' } } },
    };
    const verdict = ask(JOB, own, specs);
    expect(verdict).to.have.property('kind', 'allow');
    expect((verdict as { warnings: readonly string[] }).warnings.join()).to.contain(
      'policy all asks for priority class high',
    );
  });

  it('stays on pods that controllers make, and refuses none of them', () => {
    for (const onConflict of ['Override', 'RejectOnConflict']) {
      const specs = { all: { set: { priorityClass: { name: 'high', onConflict } } } };
      const object = pod({ owned: true, spec: { priorityClassName: 'mine' } });
      const after = stored(POD, object, specs, { username: BY_CONTROLLER });
      expect(stringAt(after, ['spec', 'priorityClassName'])).to.equal('mine');
    }
  });

  it('stays where a label is what its owner selects by', () => {
    const specs = { all: { set: { labels: { values: { app: 'other', team: 'x' }, onConflict: 'Override' } } } };
    const after = stored(DEPLOYMENT, deployment(), specs);
    expect(at(after, DEPLOYMENT, 'metadata', 'labels')).to.deep.equal({ app: 'web', team: 'x' });
    const owned = stored(POD, pod({ owned: true, labels: { app: 'web' } }), specs);
    expect(owned['metadata']).to.have.nested.property('labels.app', 'web');
  });
});

describe('whom a policy is for', () => {
  const set = { priorityClass: { name: 'high' } };
  const rows: readonly (readonly [name: string, spec: JsonObject, isFor: boolean])[] = [
    ['its namespace by name', { match: { namespaces: { names: ['team-a'] } } }, true],
    ['another namespace', { match: { namespaces: { names: ['team-b'] } } }, false],
    ['its namespace by label', { match: { namespaces: { selector: { matchLabels: { tier: 'gold' } } } } }, true],
    ['another label of namespaces', { match: { namespaces: { selector: { matchLabels: { tier: 'tin' } } } } }, false],
    ['its kind', { match: { objects: [{ group: 'batch', resource: 'jobs' }] } }, true],
    ['every kind of its group', { match: { objects: [{ group: 'batch', resource: '*' }] } }, true],
    ['pods alone', { match: { objects: [{ resource: 'pods' }] } }, false],
    ['a label of the template', { match: { selector: { matchLabels: { app: 'train' } } } }, true],
    ['a label of the object itself', { match: { selector: { matchLabels: { team: 'red' } } } }, true],
    ['a label that the template has otherwise', { match: { selector: { matchLabels: { both: 'object' } } } }, false],
    ['the user', { match: { users: ['alice'] } }, true],
    ['a group of the user', { match: { users: ['bob'], groups: ['research'] } }, true],
    ['another user', { match: { users: ['bob'] } }, false],
    ['all but the user', { exclude: { users: ['alice'] } }, false],
    [
      'all but another namespace, and all but the user',
      { exclude: { namespaces: { names: ['x'] }, users: ['alice'] } },
      false,
    ],
    ['all but another namespace', { exclude: { namespaces: { names: ['x'] } } }, true],
    ['all but Jobs', { exclude: { objects: [{ group: 'batch', resource: 'jobs' }] } }, false],
  ];
  const object = job({
    labels: { team: 'red', both: 'object' },
    templateMetadata: { labels: { app: 'train', both: 'template' } },
  });
  for (const [name, spec, isFor] of rows) {
    it(`${name}: ${isFor ? 'written' : 'left alone'}`, () => {
      const after = stored(JOB, object, { p: { ...spec, set } }, { userGroups: ['research'] });
      expect(planOn(after).priorityClassName).to.equal(isFor ? 'high' : '');
    });
  }

  it('a policy of a namespace: that one alone', () => {
    expect(planOn(stored(JOB, job(), { 'team-a/p': { set } })).priorityClassName).to.equal('high');
    expect(planOn(stored(JOB, job(), { 'team-b/p': { set } })).priorityClassName).to.equal('');
  });
});

describe('of several policies', () => {
  const rows: Readonly<Record<string, { specs: Specs; want: string }>> = {
    'the higher priority decides': {
      specs: {
        a: { priority: 1, set: { priorityClass: { name: 'low' } } },
        b: { priority: 2, set: { priorityClass: { name: 'high' } } },
      },
      want: 'high',
    },
    'the name decides among equals': {
      specs: { b: { set: { priorityClass: { name: 'low' } } }, a: { set: { priorityClass: { name: 'high' } } } },
      want: 'high',
    },
    'one of the cluster decides, whatever a namespace says': {
      specs: {
        'team-a/a': { priority: 1_000_000, set: { priorityClass: { name: 'low', onConflict: 'Override' } } },
        z: { priority: -5, set: { priorityClass: { name: 'high' } } },
      },
      want: 'high',
    },
    'the next one decides when the first names what does not exist': {
      specs: { a: { set: { priorityClass: { name: 'lost' } } }, b: { set: { priorityClass: { name: 'high' } } } },
      want: 'high',
    },
    'one that only tries decides nothing': {
      specs: {
        a: { enforcement: 'DryRun', set: { priorityClass: { name: 'low' } } },
        b: { set: { priorityClass: { name: 'high' } } },
      },
      want: 'high',
    },
  };
  for (const [name, { specs, want }] of Object.entries(rows)) {
    it(name, () => {
      expect(planOn(stored(JOB, job(), specs)).priorityClassName).to.equal(want);
    });
  }

  it('tolerations and requirements add up, each once', () => {
    const wider = { key: 'nvidia.com/gpu', operator: 'Exists' };
    const nodes = { all: [{ key: 'disk', operator: 'Exists' }] };
    const after = stored(JOB, job({ templateSpec: { tolerations: [wider] } }), {
      a: { set: { tolerations: { ensure: [TOLERATION] }, nodeRequirements: nodes } },
      b: { set: { tolerations: { ensure: [TOLERATION] }, nodeRequirements: nodes } },
    });
    expect(at(after, JOB, 'spec', 'tolerations')).to.deep.equal([wider]);
    expect(JSON.stringify(after).split('"disk"').length).to.equal(2);
  });
});

describe('something that a policy names and that does not exist', () => {
  const rows = [
    ['Deny', 'queue', '422 PolicyReferenceNotFound metadata.labels[volcano.sh/queue-name]'],
    ['Deny', 'priorityClass', '422 PolicyReferenceNotFound spec.template.spec.priorityClassName'],
    ['Deny', 'runtimeClass', '422 PolicyReferenceNotFound spec.template.spec.runtimeClassName'],
    ['Warn', 'queue', 'policy p names queue lost, which does not exist: left out'],
    ['Ignore', 'queue', ''],
  ] as const;
  for (const [onMissingReference, field, want] of rows) {
    it(`${field} with ${onMissingReference}: ${want === '' ? 'left out without a word' : want}`, () => {
      const verdict = ask(JOB, job(), { p: { onMissingReference, set: { [field]: { name: 'lost' } } } });
      if (verdict.kind === 'deny') expect(summary(verdict)).to.equal(want);
      else {
        expect(
          (verdict as { warnings: readonly string[] }).warnings.filter((line) => line.startsWith('policy p names')),
        ).to.deep.equal(want === '' ? [] : [want]);
        expect(planOn(patched(job(), verdict)).queue).to.equal('default');
      }
    });
  }

  it('a queue that takes no work is refused under the name of its policy', () => {
    const verdict = ask(JOB, job(), { p: { set: { queue: { name: 'shut' } } } });
    expect(JSON.stringify(verdict)).to.contain('queue of policy p is Closed');
  });
});

describe('what people are told', () => {
  const set = { queue: { name: 'green' }, tolerations: { ensure: [TOLERATION] } };

  it('is one line when something was written, and the names for the audit log', () => {
    const verdict = ask(JOB, job(), { a: { set } });
    expect(verdict).to.deep.include({ hits: [{ policy: 'a', enforcement: 'Enforce' }] });
    expect(verdict).to.have.nested.property('audit.policies', 'a');
    expect((verdict as { warnings: readonly string[] }).warnings[0]).to.equal(
      'policy a: queue green, toleration nvidia.com/gpu:NoSchedule',
    );
  });

  it('is what a dry run would write, of which nothing is written', () => {
    const verdict = ask(JOB, job(), { a: { enforcement: 'DryRun', set } });
    expect((verdict as { warnings: readonly string[] }).warnings[0]).to.equal(
      'policy a (DryRun) would set queue green, toleration nvidia.com/gpu:NoSchedule',
    );
    expect(verdict).to.have.nested.property('audit.policies-dry-run', 'a');
    expect(verdict).to.deep.include({ hits: [{ policy: 'a', enforcement: 'DryRun' }] });
    expect(patched(job(), verdict)).to.deep.equal(patched(job(), ask(JOB, job(), {})));
  });

  it('is nothing to controllers of the cluster', () => {
    const verdict = ask(POD, pod({ owned: true }), { a: { set } }, { username: BY_CONTROLLER });
    expect((verdict as { warnings: readonly string[] }).warnings).to.deep.equal([]);
  });
});

describe('the right to use a queue', () => {
  const set = { queue: { name: 'green', onConflict: 'Override' } };
  const asking = (specs: Specs): ClusterView => ({ ...cluster(specs), rights: { queues: 'enforce', bypass: 'off' } });

  it('is not asked for where a policy chooses it, nor for the one that the policy replaces, nor in a second review', () => {
    const view = asking({ p: { set } });
    for (const [kind, rightsOf] of [
      [JOB, jobRights],
      [POD, podRights],
      [DEPLOYMENT, workloadRights],
      [CRON, cronJobRights],
    ] as const) {
      const { group, resource } = kind;
      const plain = Object.values(TEMPLATES).find((one) => one.kind === kind)?.object ?? {};
      const naming = { ...plain, metadata: { ...(plain['metadata'] as JsonObject), labels: { [QUEUE]: 'blue' } } };
      for (const object of [naming, stored(kind, naming, { p: { set } })]) {
        expect(rightsOf(request({ group, resource, object }), view), resource).to.deep.equal([]);
      }
      const named = rightsOf(request({ group, resource, object: naming }), asking({}));
      expect(
        named.map(({ name }) => name),
        resource,
      ).to.deep.equal(['blue']);
    }
  });

  it('is asked of whoever writes a policy of a namespace', () => {
    const object = { metadata: { name: 'p' }, spec: { set } };
    const rights = policyRights(request({ resource: 'namespacedworkloadpolicies', object }), asking({}));
    expect(rights.map(({ verb, name, path }) => [verb, name, path])).to.deep.equal([
      ['use', 'green', 'spec.set.queue.name'],
    ]);
    expect(policyRights(request({ object, oldObject: object }), asking({}))).to.deep.equal([]);
  });
});
