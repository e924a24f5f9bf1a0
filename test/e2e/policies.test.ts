import { expect } from 'chai';
import { NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES, apiVersion } from '../../src/api/resources.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { applied, inNamespace, job, optedInNamespace, pod, priorityClass, queue } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'team';
const ALICE = ['--as', 'alice', '--as-group', 'system:masters'];
/** Whose writes the validators do not look at. */
const SLUICE = ['--as', 'system:serviceaccount:sluice-system:sluice', '--as-group', 'system:masters'];
const PATIENCE_MS = 10_000;

function policy(name: string, spec: object): object {
  return { apiVersion: apiVersion(WORKLOAD_POLICIES), kind: WORKLOAD_POLICIES.kind, metadata: { name }, spec };
}

function ofNamespace(namespace: string, name: string, spec: object): object {
  const { kind } = NAMESPACED_WORKLOAD_POLICIES;
  return { apiVersion: apiVersion(NAMESPACED_WORKLOAD_POLICIES), kind, metadata: { namespace, name }, spec };
}

/** For pods of this name label only, so that the tests do not meet. */
function only(name: string): object {
  return { selector: { matchLabels: { test: name } } };
}

describe('policies', function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({ nodes: [{ count: 2, cpu: '16', memory: '64Gi' }], kinds: [] });
    await applied(
      stage.plane,
      optedInNamespace(TEAM),
      optedInNamespace('other'),
      queue('gold'),
      priorityClass('urgent', 1000),
    );
  });

  after(() => stage?.stop());

  /** The object as it would be stored, in JSON; the text of a refusal. */
  async function tried(object: object, namespace = TEAM): Promise<JsonObject | string> {
    const args = [...ALICE, '-n', namespace, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
    const { code, stdout, stderr } = await stage.plane.kubectl(args, JSON.stringify(object));
    return code === 0 ? (JSON.parse(stdout) as JsonObject) : stderr;
  }

  /** The same, once it is as it should be: watches take a moment. */
  async function settled(
    object: object,
    isRight: (stored: JsonObject) => boolean,
    namespace = TEAM,
  ): Promise<JsonObject> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await tried(object, namespace);
      if (typeof found !== 'string' && isRight(found)) return found;
      if (performance.now() > until) throw new Error(`never came: ${JSON.stringify(found)}`);
    }
  }

  function labelled(test: string, more: Partial<{ namespace: string; spec: object }> = {}): Manifest {
    const made = pod(`p-${test}`, { labels: { test } });
    return { ...made, spec: { ...made.spec, ...more.spec } };
  }

  /** What columns of kubectl show of a policy: conflicts, ready, message. */
  async function shown(name: string, want: RegExp): Promise<void> {
    const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;
    const columns = `custom-columns=C:.status.conflicts,R:${ready('status')},M:${ready('message')}`;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const { stdout } = await stage.plane.kubectl(['get', 'wp', name, '--no-headers', '-o', columns]);
      if (want.test(stdout)) return;
      if (performance.now() > until) throw new Error(`never came: ${stdout}`);
    }
  }

  function asAlice(args: readonly string[], object?: object): Promise<KubectlResult> {
    return stage.plane.kubectl([...ALICE, ...args], object && JSON.stringify(object));
  }

  it('write a priority class, and the API server computes its number again', async () => {
    await applied(stage.plane, policy('urgent', { match: only('urgent'), set: { priorityClass: { name: 'urgent' } } }));
    const stored = await settled(labelled('urgent'), (made) => stringAt(made, ['spec', 'priorityClassName']) !== '');
    expect(numberAt(stored, ['spec', 'priority'], 0)).to.equal(1000);
    await applied(stage.plane, inNamespace(TEAM, labelled('urgent')));
  });

  it('add tolerations where there are some and where there are none, once', async () => {
    const toleration = { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' };
    const set = { tolerations: { ensure: [toleration] } };
    await applied(stage.plane, policy('tolerant', { match: only('tolerant'), set }));
    const has = (made: JsonObject): boolean => JSON.stringify(arrayAt(made, 'spec', 'tolerations')).includes('"gpu"');
    for (const tolerations of [undefined, [{ key: 'mine', operator: 'Exists' }], [toleration]]) {
      const stored = await settled(labelled('tolerant', { spec: { tolerations } }), has);
      const found = arrayAt(stored, 'spec', 'tolerations').filter((one) => stringAt(one, ['key']) === 'gpu');
      expect(found).to.deep.equal([toleration]);
    }
  });

  it('add requirements of nodes to each of several terms', async () => {
    const requirement = { key: 'disk', operator: 'In', values: ['fast'] };
    await applied(
      stage.plane,
      policy('near', { match: only('near'), set: { nodeRequirements: { all: [requirement] } } }),
    );
    const nodeSelectorTerms = ['a', 'b'].map((value) => ({
      matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }],
    }));
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    const at = [
      'spec',
      'affinity',
      'nodeAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
      'nodeSelectorTerms',
    ];
    const stored = await settled(labelled('near', { spec: { affinity } }), (made) =>
      JSON.stringify(made).includes('"fast"'),
    );
    expect(arrayAt(stored, ...at).map((term) => arrayAt(term, 'matchExpressions').slice(1))).to.deep.equal([
      [requirement],
      [requirement],
    ]);
  });

  it('choose the queue of a Job whose pods then arrive with all that is wanted', async () => {
    const set = { queue: { name: 'gold' }, labels: { values: { 'example.com/paid-by': 'team' } } };
    await applied(
      stage.plane,
      policy('gold', {
        match: { objects: [{ group: 'batch', resource: 'jobs' }], namespaces: { names: [TEAM] } },
        set,
      }),
    );
    await settled(
      job('probe', 2),
      (made) => stringAt(made, ['metadata', 'labels', 'volcano.sh/queue-name']) === 'gold',
    );
    await applied(stage.plane, inNamespace(TEAM, job('train', 2)));
    const until = performance.now() + PATIENCE_MS;
    let labels: unknown[] = [];
    while (labels.length < 2 && performance.now() < until) {
      const { stdout } = await stage.plane.kubectl(['-n', TEAM, 'get', 'pods', '-l', 'job-name=train', '-o', 'json']);
      labels = arrayAt(JSON.parse(stdout), 'items').map((one) => memberAt(one, 'metadata', 'labels'));
    }
    for (const label of labels) {
      expect(label).to.include({ 'volcano.sh/queue-name': 'gold', 'example.com/paid-by': 'team' });
    }
    expect(labels).to.have.length(2);
  });

  it('say in their status, and so in kubectl, whether they are in force and what others decide', async () => {
    await applied(stage.plane, policy('zzz', { priority: -1, set: { queue: { name: 'default' } } }));
    await shown('zzz', /^1 +True/);
    await stage.plane.kubectl(['delete', 'workloadpolicies', 'zzz']);
  });

  it('of a namespace reach no other, and cannot name one', async () => {
    const set = { annotations: { values: { 'example.com/seen': 'yes' } } };
    await applied(stage.plane, ofNamespace('other', 'mine', { set }));
    const isSeen = (made: JsonObject): boolean =>
      stringAt(made, ['metadata', 'annotations', 'example.com/seen']) === 'yes';
    await settled(labelled('x'), isSeen, 'other');
    const here = await tried(labelled('x'));
    expect(typeof here !== 'string' && isSeen(here)).to.equal(false);
    const reaching = ofNamespace('other', 'reaching', { match: { namespaces: { names: [TEAM] } }, set });
    expect(await tried(reaching, 'other')).to.contain('unknown field "spec.match.namespaces"');
  });

  it('that cannot be are refused: by the API server alone, and by Sluice with every path', async () => {
    const byServer = policy('bad', {
      set: { tolerations: { ensure: [{ key: 'a', operator: 'Exists', value: 'x' }] } },
    });
    expect(await tried(byServer)).to.contain('value must be empty with Exists');
    expect(await tried(policy('bad', { set: { priorityClass: { name: 'system-node-critical' } } }))).to.contain(
      'are kept for',
    );
    const bySluice = policy('bad', {
      match: { selector: { matchLabels: { 'volcano.sh/queue-name': 'x' } } },
      set: { labels: { values: { 'kubernetes.io/x': 'y' } }, accelerators: '8 x what is this' },
    });
    const refusal = await tried(bySluice);
    for (const path of [
      'spec.match.selector',
      'spec.set.labels.values[kubernetes.io/x]',
      'spec.set.accelerators',
      'InvalidPolicy',
    ]) {
      expect(refusal).to.contain(path);
    }
  });

  it('that yield to another one say so to whoever makes them', async () => {
    const set = { queue: { name: 'default' } };
    const { stderr } = await asAlice(['create', '--dry-run=server', '-f', '-'], policy('zzz', { priority: -1, set }));
    expect(stderr).to.contain('Warning: spec.set.queue.name: policy gold comes first and sets gold');
  });

  it('come from ConfigMaps, too; a broken one says so, and what it said before goes on', async () => {
    const map = (data: Readonly<Record<string, string>>): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ours', namespace: 'sluice-system', labels: { 'sluice.dev/policies': 'enabled' } },
      data,
    });
    const text = (key: string): string =>
      JSON.stringify(
        policy('mapped', {
          match: only('mapped'),
          set: { annotations: { values: { [`example.com/${key}`]: 'yes' } } },
        }),
      );
    const isSet = (key: string) => (made: JsonObject) =>
      stringAt(made, ['metadata', 'annotations', `example.com/${key}`]) === 'yes';
    const shownOn = async (want: RegExp): Promise<void> => {
      const path = 'jsonpath={.metadata.annotations.sluice\\.dev/policies-problem}|';
      const until = performance.now() + PATIENCE_MS;
      for (;;) {
        const { stdout } = await stage.plane.kubectl(['-n', 'sluice-system', 'get', 'cm', 'ours', '-o', path]);
        if (want.test(stdout)) return;
        if (performance.now() > until) throw new Error(`never came: ${stdout}`);
      }
    };
    await applied(stage.plane, map({ first: text('first') }));
    await settled(labelled('mapped'), isSet('first'));
    await applied(stage.plane, map({ first: text('second').replace('example.com/second', 'kubernetes.io/x') }));
    await shownOn(/^data\[first\]\[0\]\.spec\.set\.annotations/);
    await settled(labelled('mapped'), isSet('first'));
    await applied(stage.plane, map({ first: text('second') }));
    await settled(labelled('mapped'), (made) => isSet('second')(made) && !isSet('first')(made));
    await shownOn(/^\|$/);
    const foreign = { ...map({ a: text('x') }), metadata: { name: 'm', labels: { 'sluice.dev/policies': 'enabled' } } };
    expect(await tried(foreign)).to.contain('policies of the cluster come from ConfigMaps in the namespace');
    await stage.plane.kubectl(['-n', 'sluice-system', 'delete', 'configmap', 'ours']);
    await settled(labelled('mapped'), (made) => !isSet('second')(made));
  });

  it('come from ConfigMaps of a namespace for that one, change with them and go with them', async () => {
    const map = (value: string): object => {
      const set = { annotations: { values: { 'example.com/theirs': value } } };
      const made = ofNamespace(TEAM, 'theirs', { match: only('theirs'), set });
      const metadata = { name: 'theirs', namespace: TEAM, labels: { 'sluice.dev/policies': 'enabled' } };
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { all: JSON.stringify(made) } };
    };
    const has = (value: string) => (made: JsonObject) =>
      stringAt(made, ['metadata', 'annotations', 'example.com/theirs']) === value;
    for (const value of ['first', 'second']) {
      await applied(stage.plane, map(value));
      await settled(labelled('theirs'), has(value));
    }
    await stage.plane.kubectl(['-n', TEAM, 'delete', 'configmap', 'theirs']);
    await settled(labelled('theirs'), has(''));
  });

  it('edited into nonsense while nobody looks go on as before, after a restart too', async () => {
    const spec = (key: string): object => ({
      match: only('lasting'),
      set: { annotations: { values: { [key]: 'yes' } } },
    });
    const has = (made: JsonObject): boolean =>
      stringAt(made, ['metadata', 'annotations', 'example.com/lasting']) === 'yes';
    await applied(stage.plane, policy('lasting', spec('example.com/lasting')));
    await settled(labelled('lasting'), has);
    // As Sluice's own user, which its validators do not look at.
    const nonsense = policy('lasting', spec('kubernetes.io/nonsense'));
    const { code, stderr } = await stage.plane.kubectl([...SLUICE, 'apply', '-f', '-'], JSON.stringify(nonsense));
    expect(code, stderr).to.equal(0);
    await shown('lasting', /^0 +False +.*generation 1 stays in force/);
    await settled(labelled('lasting'), has);
    await stage.restart();
    await settled(labelled('lasting'), has);
    await applied(stage.plane, policy('lasting', spec('example.com/next')));
    await settled(labelled('lasting'), (made) => !has(made));
  });
});
