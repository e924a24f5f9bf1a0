import { FUNCTIONS } from '../../src/cel/functions.ts';
import type { CelFunction } from '../../src/cel/functions.ts';
import {
  MAX_LENGTH,
  MAX_LOOPS,
  MAX_NESTING,
  MAX_PATTERN_LENGTH,
  MAX_REPEAT,
  MAX_STEPS,
  MAX_STEPS_OF_REVIEW,
} from '../../src/cel/limits.ts';

/** `docs/reference/cel.md`: what of CEL policies may use. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(new Map([['docs/reference/cel.md', page()]]));
}

function page(): string {
  return `# CEL in policies

The field \`when\` of a policy's \`match\` and \`exclude\` is an expression in [CEL](https://cel.dev), of which this is the part that may be used. It answers true or false. Everything else is
refused when the policy is loaded, with line and column. This page is generated from \`src/cel\` by \`npm run gen\`.

What is here means the same to the API server, so an expression can be moved into a ValidatingAdmissionPolicy or a match condition as it is. That it does is held to the
[conformance cases of the specification](../../test/cel/conformance.test.ts); the reasons are in [0059](../decisions/0059-cel.md).

## The language

| part | supported |
| --- | --- |
| values | \`null\`, \`true\`, \`false\`, whole numbers of 64 bits (\`1\`, \`0x1f\`), doubles (\`1.5\`, \`1e3\`), strings (\`"a"\`, \`'a'\`, \`"""a"""\`, \`r"a"\`), lists \`[1, 2]\`, maps \`{"a": 1}\`, amounts \`quantity("80Gi")\` |
| reading | \`object.spec.priority\`, \`labels["app"]\`, \`containers[0]\`, \`labels.\\\`app.kubernetes.io/name\\\`\`, \`has(object.metadata.labels)\` |
| operators | \`! - * / % + < <= > >= == != in && \\|\\| ? :\` |
| comprehensions | \`all(x, ...)\`, \`exists(x, ...)\`, \`exists_one(x, ...)\`, \`filter(x, ...)\`, \`map(x, ...)\`, \`map(x, condition, ...)\`; over the entries of a list or the keys of a map |
| comments | \`// to the end of the line\` |

The input is JSON: numbers without a fraction are whole numbers, all others doubles. Reading what is not there fails, so ask \`has()\` or \`in\` first; \`&&\` and \`||\` pass over a failure
on one side when the other side decides.

**Not supported**: bytes, unsigned numbers, messages, timestamps and durations, types as values, optional fields (\`?.\`), comprehensions with two variables, and functions
that are not in this list.

## Functions

| function | gives | meaning |
| --- | --- | --- |
${FUNCTIONS.map(row).join('\n')}
| \`string.matches(pattern)\` | bool | Whether a part of the text fits the pattern, which is [RE2](https://github.com/google/re2/wiki/Syntax) and written as a string in the expression. |

## Limits

| what | at most |
| --- | --- |
| characters of an expression | ${MAX_LENGTH} |
| brackets and conditionals within one another | ${MAX_NESTING} |
| comprehensions within one another | ${MAX_LOOPS} |
| characters of a pattern, and its counted repetitions together | ${MAX_PATTERN_LENGTH}, ${MAX_REPEAT} |
| steps of one evaluation | ${MAX_STEPS} |
| steps of all expressions that are asked in one review | ${MAX_STEPS_OF_REVIEW} |

A step is about one operation of a comprehension's body, 256 characters that are compared, or one character that is matched. An evaluation that needs more has failed, whatever else it would have
said: \`onFailedExpression\` of the policy tells what happens then.
`;
}

function row({ name, form, takes, gives, says }: CelFunction): string {
  const types = takes.map((some) => some.join(' or '));
  const called =
    form === 'member' ? `${types[0]}.${name}(${types.slice(1).join(', ')})` : `${name}(${types.join(', ')})`;
  return `| \`${called}\` | ${gives} | ${says} |`;
}
