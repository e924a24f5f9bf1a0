import { expect } from 'chai';
import { isDeclared, unknownRoles } from '../../../src/cli/policy/declared-rights.ts';
import { parseManifests } from '../../../src/cli/policy/read-manifests.ts';
import { QUEUES } from '../../../src/api/resources.ts';
import { jobText, policyText, QUEUE_TEXT, scene } from './fixture.ts';

const BLUE = '{apiGroups: [scheduling.volcano.sh], resources: [queues], resourceNames: [blue], verbs: [use]}';

function role(name: string, rule: string): string {
  return `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${name}}\nrules: [${rule}]\n`;
}

function binding(name: string, subject: string): string {
  const roleRef = `{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name}}`;
  return `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: ${roleRef}\nsubjects: [${subject}]\n`;
}

const USE = { verb: 'use', type: QUEUES, subresource: '', namespace: '', name: 'blue' };
const BOB = { name: 'bob', groups: ['dev'] };
const ROBOT = { name: 'system:serviceaccount:ci:robot', groups: [] };

describe('rights that roles and their bindings declare', () => {
  const cases: readonly (readonly [string, rule: string, subject: string, user: typeof BOB, boolean])[] = [
    ['a user', BLUE, '{kind: User, name: bob}', BOB, true],
    ['another user', BLUE, '{kind: User, name: ann}', BOB, false],
    ['a group', BLUE, '{kind: Group, name: dev}', BOB, true],
    ['a group of the name of the user', BLUE, '{kind: Group, name: bob}', BOB, false],
    ['everybody', BLUE, '{kind: Group, name: "system:authenticated"}', BOB, true],
    ['a service account', BLUE, '{kind: ServiceAccount, namespace: ci, name: robot}', ROBOT, true],
    ['one of another namespace', BLUE, '{kind: ServiceAccount, namespace: cd, name: robot}', ROBOT, false],
    ['all of a namespace', BLUE, '{kind: Group, name: "system:serviceaccounts:ci"}', ROBOT, true],
    ['another queue', BLUE.replace('blue', 'red'), '{kind: User, name: bob}', BOB, false],
    ['all queues', BLUE.replace('resourceNames: [blue], ', ''), '{kind: User, name: bob}', BOB, true],
    ['another verb', BLUE.replace('use', 'get'), '{kind: User, name: bob}', BOB, false],
    ['another group of kinds', BLUE.replace('scheduling.volcano.sh', 'batch'), '{kind: User, name: bob}', BOB, false],
    ['a part of the kind', BLUE.replace('[queues]', '["queues/status"]'), '{kind: User, name: bob}', BOB, false],
    ['all that there is', '{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}', '{kind: User, name: bob}', BOB, true],
    ['a master', '{}', '{kind: User, name: ann}', { name: 'bob', groups: ['system:masters'] }, true],
  ];
  for (const [name, rule, subject, user, wanted] of cases) {
    it(`${wanted ? 'allow' : 'do not allow'}: ${name}`, () => {
      const objects = parseManifests(role('r', rule) + binding('r', subject), 'f').manifests.map(
        ({ object }) => object,
      );
      expect(isDeclared(objects, USE, user)).to.equal(wanted);
    });
  }

  it('are wrong input where a role is not there, but for one that every cluster has', () => {
    const text = binding('gone', '{kind: User, name: bob}') + binding('cluster-admin', '{kind: User, name: bob}');
    expect(unknownRoles(parseManifests(text, 'f').manifests)).to.deep.equal([
      { file: 'f', place: { line: 5, column: 1 }, message: 'roleRef.name: there is no ClusterRole gone' },
    ]);
  });

  const job = jobText('a', '{}', ', labels: {volcano.sh/queue-name: blue}');
  const verdicts: Readonly<Record<string, readonly [text: string, outcome: string, message: RegExp]>> = {
    'nobody is asked where none are declared': [job, 'pass', /^$/],
    'who has the right may': [job + role('r', BLUE) + binding('r', '{kind: User, name: bob}'), 'pass', /^$/],
    'who lacks it may not': [
      job + role('r', BLUE) + binding('r', '{kind: User, name: ann}'),
      'fail',
      /bob has no right to use queue blue/,
    ],
    'a policy that chooses the queue needs none of who submits': [
      jobText('a') +
        policyText('p', '{set: {queue: {name: blue}}}') +
        role('r', BLUE) +
        binding('r', '{kind: User, name: ann}'),
      'pass',
      /^$/,
    ],
  };
  for (const [name, [text, outcome, message]] of Object.entries(verdicts)) {
    it(`in a review: ${name}`, async () => {
      const [report] = await scene(QUEUE_TEXT + text).reports();
      expect(report?.outcome).to.equal(outcome);
      expect(report?.findings.flatMap(({ messages }) => messages).join()).to.match(message);
    });
  }
});

const TRAINS = `---
apiVersion: sluice.dev/v1alpha1
kind: WorkloadKind
metadata: {name: trains.example.com}
spec:
  group: example.com
  versions: [v1]
  resource: trains
  kind: Train
  grouping: Workload
  roles:
    - {name: worker, at: spec, template: template, count: [{path: workers}]}
`;
const TRAIN = `---
apiVersion: example.com/v1
kind: Train
metadata: {name: t, namespace: team-a}
spec: {workers: 3, template: {spec: {containers: [{name: c, image: i}]}}}
`;

describe('a WorkloadKind among the manifests', () => {
  it('makes objects of its kind known, and what policies make of them', async () => {
    const policy = policyText(
      'p',
      '{match: {objects: [{group: example.com, resource: trains}]}, set: {queue: {name: blue}}}',
    );
    const [unknown] = await scene(QUEUE_TEXT + policy + TRAIN).reports();
    expect(unknown?.outcome).to.equal('skip');
    const [report] = await scene(QUEUE_TEXT + policy + TRAINS + TRAIN).reports();
    expect(report?.outcome, JSON.stringify(report)).to.equal('pass');
    expect(JSON.stringify(report?.result)).to.include('"volcano.sh/queue-name":"blue"');
  });
});
