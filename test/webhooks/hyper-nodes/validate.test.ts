import { expect } from 'chai';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { validateHyperNodeReview } from '../../../webhooks/hyper-nodes/validate.ts';
import { warnStoredOnly } from '../../../webhooks/stored-only/warn.ts';
import { HYPER_NODES } from '../../../src/api/resources.ts';
import { projectHyperNode } from '../../../src/api/projections/hyper-node.ts';
import { request, view } from '../fixture.ts';

function hyperNode(members: JsonValue): JsonObject {
  return { metadata: { name: 'rack-1' }, spec: { tier: 1, members } };
}

function review(object: JsonObject, oldObject?: JsonObject, cluster = view()): string {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const verdict = validateHyperNodeReview(request({ operation, object, oldObject, namespace: '' }), cluster);
  if (verdict.kind === 'allow') return ['allow', ...verdict.warnings].join(': ');
  if (verdict.kind === 'error') return verdict.message;
  return verdict.errors.map(({ path, message }) => `${path}: ${message}`).join(' | ');
}

const EXACT = { type: 'Node', selector: { exactMatch: { name: 'n1' } } };
const PATTERN =
  'spec.members[0].selector.regexMatch.pattern: member regexMatch pattern is invalid: the pattern is not RE2: ';

describe('a HyperNode in admission', () => {
  const rows: Readonly<Record<string, readonly [members: JsonValue, want: RegExp | string]>> = {
    'may name its nodes': [[EXACT], 'allow'],
    'may have a pattern': [[{ type: 'HyperNode', selector: { regexMatch: { pattern: '^rack-[0-9]+$' } } }], 'allow'],
    'may go by labels of nodes': [[{ type: 'Node', selector: { labelMatch: { matchLabels: { a: 'b' } } } }], 'allow'],
    'must have a member': [[], 'spec.members: there must be at least one member'],
    'has no member that nothing selects': [
      [EXACT, { type: 'Node' }],
      'spec.members[1].selector: member selector must have one of exactMatch, regexMatch or labelMatch',
    ],
    'has no pattern that cannot be read': [
      [{ type: 'Node', selector: { regexMatch: { pattern: 'a[' } } }],
      `${PATTERN}error parsing regexp: missing closing ]: \`[\``,
    ],
    'has no pattern that Go does not know': [
      [{ type: 'Node', selector: { regexMatch: { pattern: '(?=a)' } } }],
      `${PATTERN}error parsing regexp: invalid or unsupported Perl syntax: \`(?=\``,
    ],
    'has no HyperNodes by labels': [
      [{ type: 'HyperNode', selector: { labelMatch: {} } }],
      'spec.members[0].selector.labelMatch: labelMatch is for members of type Node',
    ],
  };
  for (const [name, [members, want]] of Object.entries(rows)) {
    it(name, () => {
      const object = hyperNode(members);
      expect(review(object, object)).to.equal(want);
    });
  }

  const lower = (name: string): string => `spec.members[0]: ${name} is of tier 1, not of one below 1: it is left out`;
  const parts: Readonly<Record<string, readonly [name: string, want: string]>> = {
    'may lie in one of a higher tier': ['leaf', 'allow'],
    'is told of a member of its own tier': ['rack-2', `allow: ${lower('rack-2')}`],
    'is told that it cannot lie in itself': ['rack-1', `allow: ${lower('rack-1')}`],
    'may name members that come later': ['rack-9', 'allow'],
  };
  for (const [name, [part, want]] of Object.entries(parts)) {
    it(name, () => {
      const records = [
        { metadata: { name: 'rack-2', uid: 'u2' }, spec: { tier: 1, members: [EXACT] } },
        { metadata: { name: 'leaf', uid: 'u3' }, spec: { tier: 0, members: [EXACT] } },
      ].map(projectHyperNode);
      const cluster = view({ records: new Map([[HYPER_NODES, records]]) });
      const members = [{ type: 'HyperNode', selector: { exactMatch: { name: part } } }];
      expect(review(hyperNode(members), undefined, cluster)).to.equal(want);
    });
  }

  it('is let in without a word', () => {
    expect(review(hyperNode([EXACT]))).to.equal('allow');
  });
});

describe('an object of a kind that is stored only', () => {
  it('is told so when it is made, and not with each change', () => {
    const warnings = (operation: 'CREATE' | 'UPDATE') => {
      const verdict = warnStoredOnly(request({ operation, resource: 'nodeshards', object: {} }));
      return verdict.kind === 'allow' ? verdict.warnings : [];
    };
    expect(warnings('CREATE')).to.deep.equal(['nodeshards are stored, and nothing of Sluice acts on them yet']);
    expect(warnings('UPDATE')).to.deep.equal([]);
  });
});
