import { expect } from 'chai';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { validateHyperNodeReview } from '../../../webhooks/hyper-nodes/validate.ts';
import { warnStoredOnly } from '../../../webhooks/stored-only/warn.ts';
import { request } from '../fixture.ts';

function hyperNode(members: JsonValue): JsonObject {
  return { metadata: { name: 'rack-1' }, spec: { tier: 1, members } };
}

function review(object: JsonObject, oldObject?: JsonObject): string {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const verdict = validateHyperNodeReview(request({ operation, object, oldObject, namespace: '' }));
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
