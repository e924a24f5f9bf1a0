import { expect } from 'chai';
import fc from 'fast-check';
import { compileExpression } from '../../src/cel/expression.ts';
import type { Bindings } from '../../src/cel/expression.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { withoutAmbient } from '../support/pure.ts';

const VARIABLES = ['object', 'oldObject', 'request', 'namespaceObject'];

const POD: Bindings = {
  object: {
    metadata: { name: 'train-0', labels: { team: 'a', 'app.kubernetes.io/name': 'train' }, annotations: null },
    spec: {
      priority: 7,
      containers: [
        { name: 'worker', resources: { limits: { 'nvidia.com/gpu': 8, memory: '80Gi' } } },
        { name: 'sidecar', env: [{ name: 'A', value: 'x' }] },
      ],
      share: 0.5,
    },
  },
  request: { operation: 'CREATE', namespace: 'team-a', userInfo: { username: 'ann', groups: ['ml', 'dev'] } },
};

function evaluated(text: string, bindings: Bindings = POD): boolean | string {
  const expression = compileExpression(text, VARIABLES);
  if (expression.kind === 'errors') throw new Error(`${text}: ${JSON.stringify(expression.errors)}`);
  const answer = withoutAmbient(() => expression.evaluate(bindings));
  return typeof answer === 'boolean' ? answer : answer.error;
}

/** The first mistake as `line:column message`. */
function refusal(text: string): string {
  const expression = compileExpression(text, VARIABLES);
  if (expression.kind === 'expression') throw new Error(`${text} was accepted`);
  const [mistake] = expression.errors;
  return mistake === undefined ? '' : `${mistake.line}:${mistake.column} ${mistake.message}`;
}

describe('an expression over a review', () => {
  const answers: readonly (readonly [text: string, answer: boolean])[] = [
    ["object.metadata.labels.team == 'a'", true],
    ["'team' in object.metadata.labels && object.metadata.labels['app.kubernetes.io/name'].startsWith('tr')", true],
    ['object.metadata.labels.`app.kubernetes.io/name` == "train"', true],
    ["object.spec.containers.exists(c, has(c.resources) && 'nvidia.com/gpu' in c.resources.limits)", true],
    ['object.spec.containers.all(c, has(c.resources))', false],
    ["object.spec.containers.exists_one(c, has(c.env) && c.env.exists(e, e.name == 'A'))", true],
    ["object.spec.containers.filter(c, has(c.env)).map(c, c.name) == ['sidecar']", true],
    ["object.spec.containers.map(c, has(c.env), c.name)[0] == 'sidecar'", true],
    ['size(object.spec.containers) == 2 && object.spec.containers.size() > 1.5', true],
    ['object.spec.priority + 1 == 8 && object.spec.share * 2.0 == 1.0', true],
    ["request.userInfo.groups.exists(g, g == 'ml') && request.operation in ['CREATE', 'UPDATE']", true],
    ["object.metadata.name.matches('^train-[0-9]+$')", true],
    ['has(object.metadata.generateName) ? false : has(object.metadata.name)', true],
    ['has(oldObject.metadata) || true', true],
    ["quantity(object.spec.containers[0].resources.limits.memory).isGreaterThan(quantity('40Gi'))", true],
    ["isQuantity('1.5Gi') && !isQuantity('many') && quantity('1Gi') == quantity('1024Mi')", true],
    ['object.metadata.annotations == null', true],
    ["object.spec.containers.exists(c, c.resources.limits.memory == '80Gi')", true],
    ["{'a': 1, 'b': [2]}.b[0] == 2 // with a comment", true],
    ["'ÄÖ'.size() == 2 && '😀'.size() == 1 && '\\u00e4' < '😀' && '\\uffff' < '😀'", true],
  ];

  for (const [text, answer] of answers) {
    it(`answers ${text}`, () => {
      expect(evaluated(text)).to.equal(answer);
    });
  }

  const failures: readonly (readonly [text: string, message: string])[] = [
    ["object.metadata.labels.colour == 'blue'", 'there is no colour'],
    ["oldObject.metadata.name == 'x'", 'oldObject has no value here'],
    ["'x' in object.metadata.annotations", 'in takes list or map, and there is null'],
    ['object.spec.containers[2].name == "x"', 'the list has no entry 2'],
    ['object.spec.priority + 0.5 == 7.5', 'there is no int + double'],
    ['object.spec.priority / 0 == 1', 'division by zero'],
    ['object.spec.priority * 9223372036854775807 > 0', 'the number does not fit 64 bits'],
    ['object.spec.priority', 'it gives int, not bool'],
    ['object.metadata.name && true', '&& takes bool, and there is string'],
    ["quantity(object.metadata.name) == quantity('1')", 'the text is no amount'],
    ["object.metadata.labels['to\\nstring'] == 'x'", 'the map has no entry "to\\nstring"'],
  ];

  for (const [text, message] of failures) {
    it(`fails in ${text}`, () => {
      expect(evaluated(text)).to.equal(message);
    });
  }

  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length', 'at']) {
    it(`sees nothing that objects and lists inherit: ${name}`, () => {
      expect(evaluated(`has(object.${name}) || '${name}' in object || has(object.metadata.${name})`)).to.equal(false);
      expect(evaluated(`object['${name}'] == 1`)).to.equal(`the map has no entry "${name}"`);
      expect(evaluated(`has(object.spec.containers.${name})`)).to.equal(`list has no field ${name}`);
      expect(evaluated(`has(object.metadata.name.${name})`)).to.equal(`string has no field ${name}`);
    });
  }

  it('reads a key called __proto__ as any other', () => {
    const object = JSON.parse('{"__proto__": {"a": 1}}') as JsonValue;
    expect(evaluated("object['__proto__'].a == 1 && !has(object.a)", { object })).to.equal(true);
  });

  it('gives a variable that hides another one a value of its own', () => {
    expect(evaluated('[1, 2].all(x, [3].exists(x, x == 3 && [4].all(y, y == 4 && x == 3)) && x < 3)')).to.equal(true);
  });
});

describe('an expression that cannot be used', () => {
  const refused: readonly (readonly [text: string, message: string])[] = [
    ['', '1:1 the expression ends where a value is expected'],
    ['object.', '1:8 the expression ends where the name of a field is expected'],
    ['object.a ==\n  ', '2:3 the expression ends where a value is expected'],
    ['true true', '1:6 there is "true" where an operator is expected'],
    ['params.x == 1', '1:1 there is no variable params; there are object, oldObject, request, namespaceObject'],
    ['1 + 2', '1:3 the expression is bool, and this is int'],
    ["'a' + 1 == 'a1'", '1:5 there is no string + int'],
    ["true && 'a'", '1:9 each side of && is bool, and this is string'],
    ['object.a.matches(object.b)', '1:25 the pattern of matches() is written as a string'],
    ["object.a.matches('(')", '1:18 the pattern is not RE2: error parsing regexp: missing closing ): `(`'],
    [
      "object.a.matches('(?=a)')",
      '1:18 the pattern is not RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
    ["object.a.matches('(a{40}){3}b{60}')", '1:18 the counted repetitions of the pattern are more than 100 together'],
    ['object.?a.orValue(true)', '1:8 optional fields are not supported; ask with has() first'],
    ['object[?0]', '1:8 optional entries are not supported'],
    ["b'a' == b'a'", '1:1 bytes are not supported'],
    ['1u == 1u', '1:1 unsigned numbers are not supported'],
    ["timestamp('2020-01-01T00:00:00Z') == object.t", '1:1 there is no function timestamp(), or it is not supported'],
    ["object.a.charAt(0) == 'a'", '1:10 there is no function charAt(), or it is not supported'],
    ['size(object, 1) == 1', '1:1 size() takes 1 arguments'],
    ["startsWith('a', 'b')", '1:1 startsWith() stands behind a dot'],
    ['object.quantity() == 1', '1:8 quantity() stands alone, not behind a dot'],
    ['has(object)', '1:1 has() takes one selection, e.g. has(object.metadata.labels)'],
    ['object.all(i, v, true)', '1:8 all() takes a variable and one expression'],
    ['object.all(x.y, true)', '1:14 the first argument of all() is the name of a variable'],
    ['object.all(a, a.all(b, b.all(c, c.all(d, true))))', '1:35 more than 3 comprehensions within one another'],
    ['Pod{} == object', '1:4 messages are not supported'],
    ['object.a == "a', '1:13 the string has no end'],
    ["object.a == '\\q'", '1:14 \\q is no escape sequence'],
    ['object.a == 9223372036854775808', '1:13 9223372036854775808 does not fit 64 bits'],
    ['object.a # b', '1:10 "#" has no meaning here'],
    [`${'('.repeat(65)}true${')'.repeat(65)}`, '1:65 more than 64 levels of brackets and conditionals'],
    [`true${' '.repeat(4096)}`, '1:1 it has more than 4096 characters'],
  ];

  for (const [text, message] of refused) {
    it(`is refused with its place: ${text.slice(0, 60)}`, () => {
      expect(refusal(text)).to.equal(message);
    });
  }
});

describe('an evaluation', () => {
  const hostile: Bindings = {
    object: {
      list: Array.from({ length: 3000 }, (_, index) => index),
      text: 'a'.repeat(1_000_000),
      texts: Array.from({ length: 1000 }, () => 'b'.repeat(3000)),
      map: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index])),
      deep: nested(5000),
    },
  };
  const endless: readonly string[] = [
    'object.list.all(a, object.list.all(b, object.list.all(c, a + b + c >= 0)))',
    'object.list.exists(a, object.list.all(b, b >= 0 && a < 0) || false) || object.list.all(a, object.list.all(b, true))',
    'object.text.matches("(a|b|ab)*c")',
    'object.texts.exists(t, t.matches("(a|b|ab|[a-z])*c"))',
    'object.list.exists(a, size(object.text) < 0)',
    'object.list.all(a, object.text.contains("b") || true)',
    'object.map == object.map',
    'object.map.all(k, true)',
    'object.map.map(k, k).size() > 0',
    'object.deep == object.deep',
    'object.list.all(a, a in object.list)',
    'object.list.map(a, object.list + object.list).size() > 0',
    'object.list.map(a, object.text + object.text).size() > 0',
    'object.list.all(a, object.texts == object.texts)',
  ];

  for (const text of endless) {
    it(`ends where its budget does: ${text}`, () => {
      expect(evaluated(text, hostile)).to.equal('it takes too many steps');
    });
  }

  it('has no way around the budget: true || after it is too late', () => {
    const loop = 'object.list.all(a, object.list.all(b, object.list.all(c, true)))';
    expect(evaluated(`${loop} || true`, hostile)).to.equal('it takes too many steps');
    expect(evaluated(`[1].exists(x, ${loop.replace('object.list.all(a, ', '(')}) || true`, hostile)).to.equal(
      'it takes too many steps',
    );
  });

  it('has room for what pods hold', () => {
    const env = Array.from({ length: 60 }, (_, index) => ({ name: `NAME_${index}`, value: 'x'.repeat(200) }));
    const object = { spec: { containers: Array.from({ length: 20 }, () => ({ env })) } };
    const text = 'object.spec.containers.exists(c, c.env.exists(e, e.name == "NONE" || e.value.startsWith("y")))';
    expect(evaluated(text, { object })).to.equal(false);
  });

  it('is the same for the same input, whatever came before', () => {
    const expression = compileExpression('object.list.exists(a, a == 2999)', VARIABLES);
    if (expression.kind === 'errors') throw new Error('refused');
    const answers = Array.from({ length: 20 }, () => expression.evaluate(hostile));
    expect(new Set(answers).size).to.equal(1);
  });
});

describe('any text at all', () => {
  const pieces = [
    'object',
    '.a',
    '["b"]',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    ',',
    '?',
    '&&',
    '||',
    '!',
    '-',
    '1',
    '2.5',
    '"x"',
    "'",
    'in',
    'has(',
    'size(',
    '.all(x, ',
    '.exists(x, ',
    '.map(x, ',
    'x',
    '==',
    '<',
    '+',
    '%',
    'true',
    'null',
    '.matches("',
    '\\',
    '\n',
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 80 }),
  );

  it('is refused or evaluated, and throws nothing', () => {
    fc.assert(
      fc.property(texts, fc.jsonValue(), (text, object) => {
        const expression = compileExpression(text, VARIABLES);
        if (expression.kind === 'expression') expression.evaluate({ object: object as JsonValue });
        else expect(expression.errors).to.have.length(1);
      }),
      { numRuns: 2000 },
    );
  });
});

function nested(depth: number): JsonValue {
  let value: JsonValue = {};
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}
