import { expect } from 'chai';
import { formatBindPlan } from '../../src/api/bind-plan.ts';
import { BIND_PLAN_ANNOTATION, GROUP_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { HistoryEvent } from './support/history.ts';
import { judge } from './support/oracle/judge.ts';

const PATIENCE_MS = 1000;
const PLAN = plan(['a', 'node-0'], ['b', 'node-0']);
const CLASS = 'gpu.deviceclass.resource.k8s.io/devices';
const PLAN_OF_C = plan(['c', 'node-0']);

/** A proof is worth as much as what it would have caught: every rule is broken here once. */
describe('the oracle of the gang tests', () => {
  it('finds nothing in a gang that is planned, bound and run to its end', () => {
    const { violations, figures } = judge(
      history(
        node(),
        group(2),
        pod('a'),
        pod('b'),
        group(2, PLAN),
        pod('a', 'node-0'),
        pod('b', 'node-0'),
        group(2),
        pod('a', 'node-0', 'Succeeded'),
      ),
      PATIENCE_MS,
    );
    expect(violations).to.deep.equal([]);
    expect(figures).to.include({ gangs: 1, pods: 2, bindings: 2, planned: 2, wholeGangs: 1, mostPodsAtOnce: 2 });
  });

  const broken: readonly [name: string, events: readonly Draft[], want: RegExp][] = [
    [
      'a node that holds more than it has',
      [node('3'), group(1), pod('a', 'node-0'), pod('b', 'node-0')],
      /^ns\/b: node-0 holds 4000 of 3000 thousandths of cpu$/,
    ],
    ['a node that is not there', [group(1), pod('a', 'node-0')], /^ns\/a: node-0 holds 2000 of 0 thousandths of cpu$/m],
    [
      'a queue over its capability',
      [node(), queue('3'), group(1), pod('a', 'node-0'), pod('b', 'node-0')],
      /^ns\/b: default holds 4000 of 3000 thousandths of cpu$/,
    ],
    [
      'a queue over its quota of a DeviceClass',
      [
        node(),
        queue('1', 'default', CLASS),
        group(1),
        claim('own', 1),
        claim('shared', 1),
        using(pod('a', 'node-0'), 'shared'),
        using(pod('b', 'node-0'), 'shared', 'own'),
      ],
      /^ns\/b: default holds 2000 of 1000 thousandths of gpu\.deviceclass\.resource\.k8s\.io\/devices$/,
    ],
    [
      'a member bound without a plan',
      [node(), group(2), pod('a', 'node-0'), pod('b', 'node-0')],
      /carried no plan that names it$/,
    ],
    [
      'a member bound elsewhere than planned',
      [node(), node('8', 'node-1'), group(2, PLAN), pod('a', 'node-1'), pod('b', 'node-0')],
      /but the plan has it on node-0$/,
    ],
    ['a pod bound without a group', [node(), pod('a', 'node-0')], /was bound without a PodGroup$/],
    [
      'a gang that is partly bound in the end',
      [node(), group(2, PLAN), pod('a'), pod('a', 'node-0')],
      /^ns\/gang was given up partly bound/,
    ],
    [
      'a gang that is taken apart again',
      [node(), group(2, PLAN), pod('b'), pod('a', 'node-0'), gone(pod('a', 'node-0'))],
      /^ns\/gang was given up partly bound/,
    ],
    [
      'a gang that takes too long',
      [node(), group(2, PLAN), pod('a', 'node-0'), late(pod('b', 'node-0'))],
      /^ns\/gang was partly bound for 2\.0 s$/,
    ],
    [
      'a member bound without a plan some time after the others were deleted',
      [...wholeAndDeleted(), late(pod('c', 'node-0')), gone(pod('c', 'node-0')), gone(group(2))],
      /^ns\/c was bound to node-0 .* carried no plan that names it$/,
    ],
    [
      'a branch of queues over its capability',
      [
        node(),
        queue('3', 'team'),
        { ...queue('9'), object: { spec: { parent: 'team' } } },
        group(1),
        ...bothOf('a', 'b'),
      ],
      /^ns\/b: team holds 4000 of 3000 thousandths of cpu$/,
    ],
    [
      'a gang that loses a member and stays',
      [...whole(), gone(pod('a', 'node-0')), late(pod('b', 'node-0'))],
      /^ns\/gang lost members, and the others stayed for 2\.0 s$/,
    ],
    [
      'a gang that loses a member and goes late',
      [...whole(), gone(pod('a', 'node-0')), late(gone(pod('b', 'node-0')))],
      /^ns\/gang lost members, and the others stayed for 2\.0 s$/,
    ],
    [
      'a withdrawn gang that keeps its pods',
      [node(), group(2, PLAN), pod('a', 'node-0'), gone(group(2)), late(gone(pod('a', 'node-0')))],
      /still held pods after 2\.0 s$/,
    ],
  ];
  for (const [name, events, want] of broken) {
    it(`catches ${name}`, () => expect(judge(history(...events), PATIENCE_MS).violations.join('\n')).to.match(want));
  }

  it('excuses a gang that goes as a whole, and one that is made whole again', () => {
    const goes = [...whole(), gone(pod('a', 'node-0')), gone(pod('b', 'node-0'))];
    const stays = [...whole(), pod('c'), gone(pod('a', 'node-0')), group(2, PLAN_OF_C), pod('c', 'node-0')];
    expect(judge(history(...goes), PATIENCE_MS)).to.deep.include({ violations: [] });
    expect(judge(history(...goes), PATIENCE_MS).figures).to.include({ brokenGangs: 1 });
    expect(judge(history(...stays), PATIENCE_MS)).to.deep.include({ violations: [] });
  });

  it('excuses what is left of a gang that has come to its end', () => {
    const events = [...whole(), pod('a', 'node-0', 'Succeeded'), gone(pod('b', 'node-0')), late(group(2))];
    expect(judge(history(...events), PATIENCE_MS)).to.deep.include({ violations: [] });
  });

  it('excuses a gang that needs no more than what is left of it since the others came to a good end', () => {
    const events = [node(), group(2, PLAN), pod('a', 'node-0'), group(1), late(gone(pod('a', 'node-0')))];
    expect(judge(history(...events), PATIENCE_MS)).to.deep.include({ violations: [] });
  });

  it('counts members that came to a good end, even once their pods are deleted, for one that is made again', () => {
    const done = pod('a', 'node-0', 'Succeeded');
    const events = [...whole(), done, gone(done), gone(pod('b', 'node-0')), pod('c', 'node-0'), late(group(2))];
    expect(judge(history(...events), PATIENCE_MS)).to.deep.include({ violations: [] });
  });

  it('excuses a gang that is deleted before it is whole', () => {
    const events = [node(), group(2, PLAN), pod('a', 'node-0'), gone(group(2)), gone(pod('a', 'node-0'))];
    expect(judge(history(...events), PATIENCE_MS)).to.deep.include({ violations: [] });
  });

  it('excuses a gang that is deleted before it is whole, and of which a member has come to its end', () => {
    const [bound, done] = [pod('a', 'node-0'), pod('a', 'node-0', 'Succeeded')];
    for (const end of [
      [gone(group(2)), gone(done)],
      [gone(done), gone(group(2))],
    ]) {
      const { violations, figures } = judge(
        history(node(), group(2, PLAN), bound, done, ...end, late(node())),
        PATIENCE_MS,
      );
      expect(violations).to.deep.equal([]);
      expect(figures).to.include({ withdrawnPartly: 1 });
    }
  });

  it('excuses a binding that the deletion of the whole gang overtakes', () => {
    const events = [...wholeAndDeleted(), pod('c', 'node-0'), gone(pod('c', 'node-0')), gone(group(2))];
    const { violations, figures } = judge(history(...events), PATIENCE_MS);
    expect(violations).to.deep.equal([]);
    expect(figures).to.include({ overtaken: 1, withdrawnPartly: 1 });
  });

  it('goes by revisions, in whatever order the events arrived', () => {
    const events = history(node(), group(2, PLAN), pod('a', 'node-0'), pod('b', 'node-0'));
    expect(judge(events.toReversed(), PATIENCE_MS).violations).to.deep.equal([]);
  });
});

interface Draft {
  readonly kind: string;
  readonly key: string;
  readonly object: JsonObject;
  readonly isGone?: true;
  readonly isLate?: true;
}

/** A gang of two that is whole. */
function whole(): readonly Draft[] {
  return [node(), group(2, PLAN), pod('a', 'node-0'), pod('b', 'node-0'), group(2)];
}

function bothOf(...names: readonly string[]): readonly Draft[] {
  return names.map((name) => pod(name, 'node-0'));
}

/** A gang of two that was whole, with a third member that waits. */
function wholeAndDeleted(): readonly Draft[] {
  return [
    node(),
    group(2, PLAN),
    pod('c'),
    pod('a', 'node-0'),
    pod('b', 'node-0'),
    group(2),
    gone(pod('a', 'node-0')),
    gone(pod('b', 'node-0')),
  ];
}

function history(...drafts: readonly Draft[]): readonly HistoryEvent[] {
  let atMs = 0;
  return drafts.map(({ kind, key, object, isGone, isLate }, index) => {
    atMs += isLate === true ? 2 * PATIENCE_MS : 0;
    return {
      kind,
      key,
      object,
      type: isGone === true ? 'DELETED' : index < 3 ? 'ADDED' : 'MODIFIED',
      revision: index + 1,
      atMs,
    };
  });
}

function gone(draft: Draft): Draft {
  return { ...draft, isGone: true };
}

function late(draft: Draft): Draft {
  return { ...draft, isLate: true };
}

function node(cpu = '8', name = 'node-0'): Draft {
  return { kind: 'nodes', key: name, object: { metadata: { name }, status: { allocatable: { cpu, pods: '10' } } } };
}

function queue(amount: string, name = 'default', resource = 'cpu'): Draft {
  return { kind: 'queues', key: name, object: { spec: { capability: { [resource]: amount } } } };
}

/** With so many devices of class `gpu`. */
function claim(name: string, devices: number): Draft {
  const requests = [{ name: 'one', exactly: { deviceClassName: 'gpu' } }];
  const results = Array.from({ length: devices }, () => ({ request: 'one' }));
  const object = { spec: { devices: { requests } }, status: { allocation: { devices: { results } } } };
  return { kind: 'resourceclaims', key: `ns/${name}`, object };
}

/** The pod uses these claims. */
function using(draft: Draft, ...names: readonly string[]): Draft {
  const resourceClaims = names.map((resourceClaimName) => ({ resourceClaimName }));
  return { ...draft, object: { ...draft.object, spec: { ...objectAt(draft.object, 'spec'), resourceClaims } } };
}

function group(minMember: number, bindPlan = ''): Draft {
  const annotations = bindPlan === '' ? {} : { [BIND_PLAN_ANNOTATION]: bindPlan };
  return {
    kind: 'podgroups',
    key: 'ns/gang',
    object: { metadata: { annotations }, spec: { minMember, queue: 'default' } },
  };
}

function pod(name: string, nodeName = '', phase = 'Pending'): Draft {
  const metadata = { name, namespace: 'ns', uid: name, annotations: { [GROUP_NAME_ANNOTATION]: 'gang' } };
  const spec = {
    ...(nodeName === '' ? {} : { nodeName }),
    containers: [{ resources: { requests: { cpu: '2000m' } } }],
  };
  return { kind: 'pods', key: `ns/${name}`, object: { metadata, spec, status: { phase } } };
}

function plan(...binds: readonly (readonly [token: string, node: string])[]): string {
  return formatBindPlan({ id: 'plan', epoch: 0, atMs: 0, binds: binds.map(([token, at]) => ({ token, node: at })) });
}
