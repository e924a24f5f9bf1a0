import { stringAt } from '../../src/lib/json.ts';
import { answersOf, answersOfLabels } from '../../test/webhooks/frameworks/five-answers.ts';
import type { FiveAnswers } from '../../test/webhooks/frameworks/five-answers.ts';
import { BY_LABELS, example, exampleNames, GANGS, REPLICAS } from '../../test/webhooks/frameworks/framework-table.ts';
import type { FrameworkCase } from '../../test/webhooks/frameworks/framework-table.ts';

const INTRODUCTION = `# Five questions for each framework

Asked of every kind that is built in, by its [example](../../examples/frameworks), with pods as the published code of its controller labels them. The answers are worked out by the rules of admission and by the core when this page is
generated, and a [test](../../test/webhooks/frameworks/five-answers.test.ts) holds them; which of them were asked of the real controllers as well, stands [elsewhere](../howto/frameworks.md#tried-with-the-real-thing).

- **grouped**: each pod is in the group of its object, or of its replica, under the right role.
- **minimum**: the roles have the minima and stages that the example asks for. \`worker 3\` are three that start together; \`executor 2 (stage 1)\` start once those before them run.
- **queue**: group and pods are in the queue that the object names.
- **UPDATE**: a change of the status, and the first manifest applied again, leave all of it.
- **no deadlock**: of two such objects in room for one the first starts whole and the other not at all, and the other once the first is gone; whether the pods of later stages are made at once or later.

\`-\`: there is no gang to ask of. Such objects hand down their queue, and what is made for them is planned for itself. This page is generated from
\`test/webhooks/frameworks/framework-table.ts\` by \`npm run gen\`.
`;

const HEAD = `| kind | example | what starts together | grouped | minimum | queue | UPDATE | no deadlock |
| --- | --- | --- | --- | --- | --- | --- | --- |`;

/** `docs/reference/frameworks.md`: gangs first, then replicas, pods by labels, and what hands down. */
export async function outputs(): Promise<ReadonlyMap<string, string>> {
  const names = await exampleNames();
  const rows = await Promise.all(names.map(async (name) => ({ place: placeOf(name), text: await rowOf(name) })));
  const ofLabels = Object.entries(BY_LABELS).map(([name, pods]) => ({
    place: 2,
    text: line(name, '', startOf(pods), answersOfLabels(pods)),
  }));
  const lines = [...rows, ...ofLabels].toSorted((a, b) => a.place - b.place).map(({ text }) => text);
  return new Map([['docs/reference/frameworks.md', [INTRODUCTION, HEAD, ...lines, ''].join('\n')]]);
}

function placeOf(name: string): number {
  if (name in GANGS) return 0;
  return name in REPLICAS ? 1 : 3;
}

async function rowOf(name: string): Promise<string> {
  const object = await example(name);
  const kind = `${stringAt(object, ['kind'])} (\`${stringAt(object, ['apiVersion'])}\`)`;
  const path = `examples/frameworks/${name}/${name}.yaml`;
  const gang = GANGS[name] ?? REPLICAS[name];
  const start =
    gang === undefined ? 'what is made for it' : `${name in REPLICAS ? 'each replica: ' : ''}${startOf(gang)}`;
  return line(kind, `[${name}](../../${path})`, start, await answersOf(name));
}

function startOf({ roles }: FrameworkCase): string {
  const parts = Object.entries(roles).map(
    ([name, [min, stage]]) => `${name} ${min}${stage === 0 ? '' : ` (stage ${stage})`}`,
  );
  return parts.join(', ');
}

function line(kind: string, link: string, start: string, answers: FiveAnswers): string {
  const { grouped, minimum, queue, update, noDeadlock } = answers;
  return `| ${[kind, link, start, grouped, minimum, queue, update, noDeadlock].join(' | ')} |`;
}
