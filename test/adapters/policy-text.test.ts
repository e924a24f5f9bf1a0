import { expect } from 'chai';
import { readPolicyText } from '../../src/adapters/policy-text.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';

const TIERS = 'tiers: [{plugins: [{name: gang}, {name: predicates}, {name: proportion}]}]';
const GOOD = `actions: "enqueue, allocate"\n${TIERS}\n`;

function told(text: string): readonly string[] {
  const reading = readPolicyText(text);
  return reading.kind === 'errors' ? reading.errors.map(formatFieldError) : [];
}

describe('a scheduler configuration as text', () => {
  for (const [name, text] of [
    ['one document', GOOD],
    ['a document that is opened and closed', `---\n${GOOD}...\n`],
    ['one document between empty ones', `---\n---\n${GOOD}---\n`],
    ['comments around it', `# ours\n${GOOD}# end\n`],
    [
      'JSON',
      JSON.stringify({
        actions: 'allocate',
        tiers: [{ plugins: ['gang', 'predicates', 'proportion'].map((n) => ({ name: n })) }],
      }),
    ],
    [
      'an anchor that is used again',
      `actions: &a "allocate"\n${TIERS.replace('gang', 'gang, enableJobOrder: &t true')}\n`,
    ],
  ] as const) {
    it(`is read from ${name}`, () => expect(told(text)).to.deep.equal([]));
  }

  it('has a number that another text has not', () => {
    const numbers = [GOOD, GOOD, `${GOOD}\n`].map((text) => {
      const reading = readPolicyText(text);
      return reading.kind === 'policy' ? reading.hash : 0;
    });
    expect(numbers[0]).to.equal(numbers[1]).and.to.be.greaterThan(0).and.to.be.at.most(Number.MAX_SAFE_INTEGER);
    expect(numbers[2]).to.not.equal(numbers[0]);
  });

  const bad: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing', '', ['(root): "null": must be a map']],
    ['a comment alone', '# soon\n', ['(root): "null": must be a map']],
    ['a list', '- a\n', ['(root): "[\\"a\\"]": must be a map']],
    ['a text', 'allocate', ['(root): "allocate": must be a map']],
    ['two documents', `${GOOD}---\n${GOOD}`, ['(root): must be one document, and is 2']],
    ['a key that stands there twice', `${GOOD}actions: "x"\n`, ['line 3: Map keys must be unique']],
    ['two mistakes of YAML', 'a: [1\nb: "x\n', ['line 2: Flow sequence', 'line 3: ']],
    ['an alias of nothing', `${GOOD}x: *nowhere\n`, ['(root): is not YAML that can be read']],
    ['an alias that grows without end', bomb(), ['(root): is not YAML that can be read']],
    ['lists in lists without end', '['.repeat(200_000), ['']],
    [
      'a circle',
      `${GOOD}song: &a [*a]\n`,
      ['song: "a list": is not supported; there are actions, tiers, configurations'],
    ],
    ['bytes that are no text', '\u0000\uFFFD\u0001', ['']],
    ['a text without end', `# ${'x'.repeat(1024 * 1024)}`, ['(root): has more than 1048576 characters']],
  ];
  for (const [name, text, wanted] of bad) {
    it(`is refused as ${name}`, () => {
      const found = told(text);
      expect(found.length).to.be.at.least(wanted.length);
      wanted.forEach((start, i) => expect(found[i]).to.match(new RegExp(`^${RegExp.escape(start)}`)));
    });
  }
});

/** Each line is ten of the one before. */
function bomb(): string {
  const lines = Array.from(
    { length: 9 },
    (_, i) => `x${i + 1}: &x${i + 1} [${Array.from({ length: 10 }, () => `*x${i}`).join(', ')}]`,
  );
  return ['x0: &x0 [a]', ...lines].join('\n');
}
