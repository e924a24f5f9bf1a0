import { expect } from 'chai';
import { applyReport } from '../../../src/cli/policy/apply-report.ts';
import { explainReport } from '../../../src/cli/policy/explain-report.ts';
import type { ObjectReport } from '../../../src/cli/policy/finding.ts';
import { BUILT_IN } from '../../../src/cli/policy/offline-rows.ts';
import { isReviewedResource } from '../../../src/cli/policy/reviewed-types.ts';
import { requestOf } from '../../../src/cli/policy/offline-review.ts';
import { whyNotAsked } from '../../../src/cli/policy/row-match.ts';
import { PODS } from '../../../src/api/resources.ts';
import { jobText, policyText, QUEUE_TEXT, scene } from './fixture.ts';

/** Each policy with its outcome: `a pass, b none`. */
function outcomes(report: ObjectReport | undefined): string {
  return (report?.findings ?? []).map(({ policy, outcome }) => `${policy || '-'} ${outcome}`).join(', ');
}

function reasons(report: ObjectReport | undefined, policy: string): readonly string[] {
  const finding = report?.findings.find((one) => one.policy === policy);
  return [...(finding?.reasons ?? []), ...(finding?.messages ?? [])];
}

const NAMESPACE =
  '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: team-a, labels: {tier: gold, sluice.dev/admission: enabled}}\n';
const LABEL = (value: string): string => `labels: {values: {colour: ${value}}}`;

function priorityClassText(name: string): string {
  return `---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: ${name}}\nvalue: 1\n`;
}

describe('what policies make of an object offline', () => {
  const cases: readonly (readonly [what: string, text: string, outcomes: string, outcome: string])[] = [
    ['no policy', jobText('a'), '- pass', 'pass'],
    ['one that is for all', policyText('p', `{set: {${LABEL('red')}}}`) + jobText('a'), '- pass, p pass', 'pass'],
    [
      'one for another namespace',
      policyText('p', `{match: {namespaces: {names: [team-b]}}, set: {${LABEL('red')}}}`) + jobText('a'),
      '- pass, p none',
      'pass',
    ],
    [
      'one that refuses another value',
      policyText('p', '{set: {priorityClass: {name: high, onConflict: RejectOnConflict}}}') +
        priorityClassText('high') +
        priorityClassText('low') +
        jobText('a').replace('{restartPolicy', '{priorityClassName: low, restartPolicy'),

      '- pass, p fail',
      'fail',
    ],
    [
      'one that names a queue that is not there',
      policyText('p', '{set: {queue: {name: blue}}, onMissingReference: Deny}') + jobText('a'),
      '- pass, p fail',
      'fail',
    ],
    [
      'one that names a queue that is given',
      QUEUE_TEXT + policyText('p', '{set: {queue: {name: blue}}, onMissingReference: Deny}') + jobText('a'),
      '- pass, p pass',
      'pass',
    ],
    [
      'one that gives a queue to what names one that is not there',
      QUEUE_TEXT +
        policyText('p', '{set: {queue: {name: blue, onConflict: Override}}}') +
        jobText('a', '{}', ', labels: {volcano.sh/queue-name: none}'),
      '- pass, p pass',
      'pass',
    ],
    [
      'a dry run',
      policyText('p', `{enforcement: DryRun, set: {${LABEL('red')}}}`) + jobText('a'),
      '- pass, p warn',
      'warn',
    ],
    [
      'two, of which the first decides',
      policyText('p', `{priority: 2, set: {${LABEL('red')}}}`) +
        policyText('q', `{set: {${LABEL('blue')}}}`) +
        jobText('a'),
      '- pass, p pass, q pass',
      'pass',
    ],
    [
      'a workload kind with several templates',
      policyText('p', `{match: {selector: {matchLabels: {app: x}}}, set: {${LABEL('red')}}}`) +
        policyText('q', `{match: {selector: {matchLabels: {app: y}}}, set: {${LABEL('blue')}}}`) +
        '---\napiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: t, namespace: team-a}\nspec: {pytorchReplicaSpecs: {Master: {replicas: 1, template: {metadata: {labels: {app: x}}, spec: {containers: [{name: pytorch, image: i}]}}}, Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: i}]}}}}}\n',
      '- pass, p pass, q none',
      'pass',
    ],
    ['a kind that nobody looks at', '---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n', '- skip', 'skip'],
    [
      'a namespace that has not opted in',
      '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n' +
        policyText('p', `{set: {${LABEL('red')}}}`) +
        jobText('a'),
      '- none, p none',
      'none',
    ],
    [
      'a class that nobody has made',
      jobText('a').replace('{restartPolicy', '{priorityClassName: low, restartPolicy'),
      '- warn',
      'warn',
    ],
    [
      'a pod of another scheduler',
      policyText('p', `{set: {${LABEL('red')}}}`) +
        '---\napiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: team-a}\nspec: {schedulerName: other, containers: [{name: c, image: i}]}\n',
      '- pass, p pass',
      'pass',
    ],
  ];

  for (const [what, text, wanted, outcome] of cases) {
    it(`tells of ${what}`, async () => {
      const [report] = await scene(text).reports();
      expect(outcomes(report)).to.equal(wanted);
      expect(report?.outcome).to.equal(outcome);
    });
  }

  it('tells of an expression that gives no answer, and what the policy does then', async () => {
    const when = 'match: {when: object.spec.nothing == 1}';
    const text =
      policyText('p', `{${when}, set: {${LABEL('red')}}}`) +
      policyText('q', `{${when}, onFailedExpression: Warn, set: {${LABEL('blue')}}}`);
    const [report] = await scene(text + jobText('a')).reports();
    expect(outcomes(report)).to.equal('- pass, p fail, q none');
    expect(reasons(report, 'q')).to.deep.equal(['the object is refused before']);
    expect(reasons(report, 'p')[0]).to.include('policy p gives no answer: spec.match.when: there is no nothing');
  });

  it('tells what each policy changes, in their order', async () => {
    const text =
      policyText('q', `{set: {${LABEL('blue')}, runtimeClass: {name: kata}}}`) +
      '---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: kata}\nhandler: kata\n' +
      policyText('p', `{priority: 2, set: {${LABEL('red')}}}`) +
      jobText('a');
    const [report] = await scene(text).reports();
    const changes = report?.findings.map(({ policy, changes: own }) => [policy, own.map(({ path }) => path)]);
    expect(changes?.slice(1)).to.deep.equal([
      ['p', ['spec.template.metadata.labels.colour']],
      ['q', ['spec.template.spec.runtimeClassName']],
    ]);
  });

  const whys: readonly (readonly [spec: string, reasons: readonly string[]])[] = [
    ['match: {namespaces: {names: [team-b, team-c]}}', ['spec.match.namespaces.names: team-a is not among them']],
    [
      'match: {namespaces: {selector: {matchLabels: {tier: silver}}}}',
      ['spec.match.namespaces.selector: of namespace team-a label tier In silver does not hold'],
    ],
    ['match: {objects: [{group: apps, resource: "*"}]}', ['spec.match.objects: jobs.batch is not among them']],
    [
      'match: {selector: {matchExpressions: [{key: app, operator: NotIn, values: [x]}, {key: y, operator: Exists}]}}',
      ['spec.match.selector: label app NotIn x does not hold', 'spec.match.selector: label y Exists does not hold'],
    ],
    ['match: {users: [ann]}', ['spec.match.users, spec.match.groups: neither bob nor a group of theirs is among them']],
    ['match: {users: [ann], groups: [dev]}', []],
    ['exclude: {namespaces: {names: [team-a]}}', ['spec.exclude.namespaces: team-a is excluded']],
    ['exclude: {namespaces: {names: [team-a], selector: {matchLabels: {tier: silver}}}}', []],
    ['exclude: {objects: [{group: batch, resource: jobs}]}', ['spec.exclude.objects: jobs.batch is excluded']],
    ['exclude: {selector: {matchLabels: {app: x}}}', ['spec.exclude.selector: the labels are excluded']],
    ['match: {when: "size(object.spec.template.spec.containers) > 1"}', ['spec.match.when: the expression is false']],
    ['exclude: {when: "request.userInfo.username == \'bob\'"}', ['spec.exclude.when: the expression is true']],
    ['match: {when: "namespaceObject.metadata.labels.tier == \'gold\'"}', []],
    ['exclude: {groups: [dev]}', ['spec.exclude.users, spec.exclude.groups: bob is excluded']],
  ];
  for (const [spec, wanted] of whys) {
    it(`tells why a policy is not for it: ${spec}`, async () => {
      const [report] = await scene(
        NAMESPACE + policyText('p', `{${spec}, set: {${LABEL('red')}}}`) + jobText('a', '{app: x}'),
      ).reports();
      const finding = report?.findings[1];
      expect(finding?.outcome).to.equal(wanted.length > 0 ? 'none' : 'pass');
      expect(finding?.reasons).to.deep.equal(wanted);
      // What it tells is what it does.
      expect(finding?.changes.length).to.equal(wanted.length > 0 ? 0 : 1);
    });
  }

  it('tells that a policy of a namespace is for no other', async () => {
    const [report] = await scene(policyText('p', `{set: {${LABEL('red')}}}`, 'team-b') + jobText('a')).reports();
    expect(reasons(report, 'team-b/p')).to.deep.equal(['it is for namespace team-b only']);
  });

  it('tells of a policy that another one keeps out of force', async () => {
    const text =
      policyText('p', `{priority: 2, set: {${LABEL('red')}}}`) +
      policyText('q', '{match: {selector: {matchLabels: {colour: red}}}, set: {labels: {values: {size: big}}}}') +
      jobText('a', '{colour: red}');
    const [report] = await scene(text).reports();
    expect(reasons(report, 'q')[0]).to.match(/policy p comes first and writes the label colour/);
  });

  it('gives the object as it would be stored, and as it came when it is refused', async () => {
    const [report] = await scene(
      policyText('p', '{set: {queue: {name: blue}}, onMissingReference: Deny}') + jobText('a'),
    ).reports();
    expect(report?.patch).to.deep.equal([]);
    expect(report?.result['metadata']).to.deep.equal({ name: 'a', namespace: 'team-a' });
  });

  it('is printed as a table, as JSON, as manifests and as an explanation', async () => {
    const text =
      policyText('p', `{set: {${LABEL('red')}}}`) +
      policyText('q', '{match: {users: [ann]}, set: {schedulingGate: {name: example.com/g}}}') +
      jobText('a');
    const reports = await scene(text).reports();
    expect(applyReport(reports, 'table')).to.match(/Job\/team-a\/a +\(Sluice itself\) +pass/);
    expect(applyReport(reports, 'table')).to.include('spec.template.metadata.labels.colour: "red"');
    expect(applyReport(reports, 'table')).to.match(/1 object: 1 pass, 0 warn, 0 fail, 0 error, 0 skip, 0 none$/);
    expect((JSON.parse(applyReport(reports, 'json')) as { counts: unknown }).counts).to.deep.include({ pass: 1 });
    expect(applyReport(reports, 'yaml')).to.include('colour: red');
    expect(explainReport(reports)).to.match(/policy q is not for it\n {4}spec.match.users/);
  });
});

describe('the part of the API server in an offline review', () => {
  it('knows the kinds that rows write into', () => {
    const written = BUILT_IN.rows.filter(({ phase }) => phase === 'mutate');
    for (const { group, resource } of written) expect(isReviewedResource(group, resource), resource).to.equal(true);
  });

  it('can evaluate every condition of every row', () => {
    const object = { metadata: { name: 'x', namespace: 'team-a' }, spec: {} };
    const request = requestOf({ type: PODS, object, oldObject: object, user: { name: 'bob', groups: [] } });
    for (const row of BUILT_IN.rows) {
      const labels = { 'sluice.dev/admission': row.selector === 'others' ? '' : 'enabled' };
      expect(() => whyNotAsked(row, request, labels), row.id).not.to.throw();
    }
  });
});
