import { arrayAt, isJsonObject, memberAt, numberAt, stringAt } from '../../../src/lib/json.ts';
import { BUILT_INS } from './built-ins.ts';
import { programOf } from './programs.ts';
import type { Farewell, Run } from './run.ts';
import { Shell } from './shell.ts';
import type { PrintedLine } from './shell.ts';
import { variablesOf } from './variables.ts';

/** What is known of a container before it starts. */
export type ContainerPlan = {
  readonly name: string;
  readonly image: string;
  readonly run: Run;
  /** What it does when it is told to go; without one it is gone at once. */
  readonly farewell: Farewell | undefined;
  /** Seconds that its preStop hook takes before it is told. */
  readonly preStopSeconds: number;
  /** An init container that goes on beside the pod's own containers. */
  readonly sidecar: boolean;
};

/** Reads a container of a pod's spec. */
export function readContainer(container: unknown, pod: unknown): ContainerPlan {
  const image = stringAt(container, ['image']);
  const { shell, words } = followed(container, pod);
  return {
    name: stringAt(container, ['name']),
    image,
    run: startError(words, image) ?? shell.run(),
    farewell: shell.farewell(),
    preStopSeconds: preStopSeconds(container, image),
    sidecar: stringAt(container, ['restartPolicy']) === 'Always',
  };
}

/** What the container prints, as far as its words tell. */
export function printedLines(container: unknown, pod: unknown): readonly PrintedLine[] {
  return followed(container, pod).shell.lines;
}

function followed(container: unknown, pod: unknown): { readonly shell: Shell; readonly words: readonly string[] } {
  const variables = variablesOf(container, pod);
  const words = commandOf(container).map((word) => substituted(word, variables));
  const shell = new Shell(stringAt(container, ['image']), variables);
  const [only = ''] = words;
  // One word with blanks is no program file; whoever writes that means a script.
  if (words.length === 1 && /\s/.test(only)) shell.follow(only);
  else if (words.length > 0) shell.execute(words);
  else shell.guesses = true;
  return { shell, words };
}

/** The words that a container runs, as far as its spec says: command and arguments. */
export function commandOf(container: unknown): readonly string[] {
  return ['command', 'args'].flatMap((key) => arrayAt(container, key)).filter((word) => typeof word === 'string');
}

function substituted(word: string, variables: ReadonlyMap<string, string>): string {
  return word.replaceAll(/\$\$\((\w+)\)|\$\((\w+)\)/g, (written, escaped: string | undefined, name: string) =>
    escaped === undefined ? (variables.get(name) ?? written) : `$(${escaped})`,
  );
}

// A file that is not there: the container cannot be created, where a shell would have said 127.
function startError([word = '', ...rest]: readonly string[], image: string): Run | undefined {
  const isScript = rest.length === 0 && /\s/.test(word);
  if (isScript || BUILT_INS.has(word) || programOf(word, image) !== 'missing') return undefined;
  return { kind: 'ends', seconds: 0, exitCode: 128, reason: 'StartError' };
}

function preStopSeconds(container: unknown, image: string): number {
  const hook = memberAt(container, 'lifecycle', 'preStop');
  if (!isJsonObject(hook)) return 0;
  const shell = new Shell(image, new Map());
  const words = commandOf(memberAt(hook, 'exec'));
  if (words.length > 0) shell.execute(words);
  const run = shell.run();
  return numberAt(hook, ['sleep', 'seconds'], run.kind === 'ends' ? run.seconds : 0);
}
