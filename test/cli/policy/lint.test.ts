import { expect } from 'chai';
import { LINT_CODES, lintPolicies } from '../../../src/cli/policy/lint.ts';
import { policyText, QUEUE_TEXT, scene } from './fixture.ts';

const RED = 'set: {labels: {values: {colour: red}}}';

/** `line:column severity code`, with the message where it is asked for. */
function linted(text: string): readonly string[] {
  const { book, world } = scene(text);
  return lintPolicies(book, world.context).map(
    ({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`,
  );
}

describe('sluice policy lint', () => {
  const cases: readonly (readonly [what: string, text: string, findings: readonly string[]])[] = [
    ['has nothing against a plain policy', policyText('p', `{${RED}}`), []],
    [
      'finds what the schema refuses',
      policyText('p', '{priority: high, set: {labels: {values: {colour: red}}}}'),
      ['5:8 error Invalid spec.priority: must be a whole number'],
    ],
    [
      'finds what the schema cannot say',
      policyText('p', '{set: {labels: {values: {volcano.sh/queue-name: x}}}}'),
      [
        '5:32 error Invalid spec.set.labels.values[volcano.sh/queue-name]: keys of volcano.sh are not for policies to write',
      ],
    ],
    [
      'finds expressions that do not compile',
      policyText('p', `{match: {when: "object.x.charAt(0) == 'a'"}, ${RED}}`),
      ['5:16 error Invalid spec.match.when: line 1, column 10: there is no function charAt(), or it is not supported'],
    ],
    [
      'finds a version that is not served',
      policyText('p', `{${RED}}`).replace('v1alpha1', 'v1'),
      ['2:1 error Invalid apiVersion: sluice.dev/v1 is not served; write sluice.dev/v1alpha1'],
    ],
    [
      'finds two of one name',
      policyText('p', `{${RED}}`) + policyText('p', `{${RED}}`),
      ['9:12 error Invalid there are two policies p'],
    ],
    [
      'finds conflicts, at the one that yields',
      policyText('p', `{${RED}}`) + policyText('a', '{priority: 9, set: {labels: {values: {colour: blue}}}}'),
      ['5:32 warning Conflict spec.set.labels.values[colour]: policy a comes first and sets blue'],
    ],
    [
      'finds policies that others keep out of force',
      policyText('a', `{${RED}}`) +
        policyText('p', '{match: {selector: {matchLabels: {colour: red}}}, set: {labels: {values: {size: big}}}}'),
      [
        '7:1 info NotPortable it is out of force: another policy comes first',
        '10:16 error Blocked spec.match.selector: policy a comes first and writes the label colour: this policy does nothing',
      ],
    ],
    [
      'finds policies that exclude all that they match',
      policyText('p', `{match: {namespaces: {names: [a]}}, exclude: {namespaces: {names: [a, b]}}, ${RED}}`),
      [
        '5:8 error Unreachable spec.match: nothing can be meant: what it matches is excluded, or its labels contradict each other',
      ],
    ],
    [
      'finds labels that contradict each other',
      policyText(
        'p',
        `{match: {selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: DoesNotExist}]}}, ${RED}}`,
      ),
      [
        '5:8 error Unreachable spec.match: nothing can be meant: what it matches is excluded, or its labels contradict each other',
      ],
    ],
    [
      'finds kinds that nobody looks at',
      policyText('p', `{match: {objects: [{group: example.com, resource: widgets}]}, ${RED}}`),
      [
        '5:16 info NotPortable spec.match.objects: where the pods of widgets.example.com stand is not known to the API server',
        '5:26 warning UnknownKind spec.match.objects[0]: no rule looks at widgets.example.com',
      ],
    ],
    [
      'finds names that are not among the objects',
      QUEUE_TEXT + policyText('p', '{set: {queue: {name: green}}, onMissingReference: Deny}'),
      ['10:22 warning ReferenceNotFound spec.set.queue.name: there is no Queue green among the objects'],
    ],
    [
      'knows names that are',
      QUEUE_TEXT + policyText('p', '{set: {queue: {name: blue}}, onMissingReference: Deny}'),
      [],
    ],
    [
      'tells of dry runs',
      policyText('p', `{enforcement: DryRun, ${RED}}`),
      [
        '5:8 info WritesNothing spec.enforcement: DryRun writes nothing; it is told what would be written',
        '5:8 info NotPortable spec.enforcement: a dry run writes nothing',
      ],
    ],
    [
      'tells what cannot be exported',
      policyText('p', '{set: {queue: {name: blue}}}'),
      [
        '5:14 info NotPortable spec.set.queue: what it names is left out where it does not exist; with onMissingReference: Deny it could be exported',
      ],
    ],
  ];
  const seen = new Set<string>();
  for (const [what, text, findings] of cases) {
    it(what, () => {
      expect(linted(text)).to.deep.equal(findings);
    });
    for (const finding of findings) seen.add(finding.split(' ')[2] ?? '');
  }

  it('has a case for each of its codes', () => {
    expect([...seen].toSorted()).to.deep.equal(Object.keys(LINT_CODES).toSorted());
  });
});
