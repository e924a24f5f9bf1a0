import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  KIND_MESSAGES,
  PROTO_FOLDER,
  STATUS_MESSAGE,
  UNKNOWN_MESSAGE,
  WATCH_EVENT_MESSAGE,
} from './protobuf/kubernetes.ts';
import { ROOT } from './run-node.ts';

/** One message of a .proto file: its lines without comments, and the messages that its fields name. */
interface Message {
  readonly text: string;
  readonly uses: readonly string[];
}

/** One .proto file of Kubernetes. */
interface Source {
  readonly licence: string;
  readonly messages: ReadonlyMap<string, Message>;
}

const NOTICE = `// Part of Kubernetes' own file of the same path, version VERSION: the messages that Sluice's kinds reach, without their
// comments. Written by tools/vendor-protos.ts.
`;

/** Field lines, with their type in the first or second group. */
const FIELD = /^ {2}(?:(?:optional|repeated|required) \.?([\w.]+)|map<string, \.?([\w.]+)>) \w+ = \d+;$/gm;

/** Writes the reduced files anew, from the Go modules that the control plane of the tests is built from. */
async function main(): Promise<void> {
  const sources = new Map<string, Source>();
  const reached = new Set<string>();
  const waiting = [...KIND_MESSAGES.values()].map((message) => `${message}List`);
  waiting.push(STATUS_MESSAGE, UNKNOWN_MESSAGE, WATCH_EVENT_MESSAGE);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const message = await messageOf(name, sources);
    waiting.push(...message.uses);
  }
  await rm(join(ROOT, PROTO_FOLDER), { recursive: true, force: true });
  for (const [pkg, source] of sources) await writeReduced(pkg, source, reached);
  console.log(`${reached.size} messages in ${sources.size} files`);
}

async function messageOf(name: string, sources: Map<string, Source>): Promise<Message> {
  const pkg = packageOf(name);
  let source = sources.get(pkg);
  if (source === undefined) sources.set(pkg, (source = await readSource(pkg)));
  const message = source.messages.get(name);
  if (message === undefined) throw new Error(`Cannot find message ${name}`);
  return message;
}

async function readSource(pkg: string): Promise<Source> {
  const text = await readFile(await sourcePath(pkg), 'utf8');
  const code = text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*\n/gm, '').replace(/\n{2,}/g, '\n');
  const messages = new Map<string, Message>();
  for (const [block, name] of code.matchAll(/^message (\w+) \{\n[^]*?^\}\n/gm)) {
    const types = [...block.matchAll(FIELD)].map(([, single, value]) => single ?? value ?? '');
    const uses = types
      .filter((type) => /[A-Z]/.test(type))
      .map((type) => (type.includes('.') ? type : `${pkg}.${type}`));
    messages.set(`${pkg}.${name}`, { text: block, uses });
  }
  return { licence: /^\/\*[^]*?\*\/\n/.exec(text)?.[0] ?? '', messages };
}

/** `k8s.io.api.core.v1` lies in the module `k8s.io/api`. */
async function sourcePath(pkg: string): Promise<string> {
  const [module, folder] = splitModule(pkg);
  const { stdout } = await promisify(execFile)('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: CONTROL_PLANE });
  return join(stdout.trim(), folder, 'generated.proto');
}

function splitModule(pkg: string): readonly [module: string, folder: string] {
  const [, name = '', rest = ''] = /^k8s\.io\.(\w+)\.(.*)$/.exec(pkg) ?? [];
  return [`k8s.io/${name}`, rest.replaceAll('.', '/')];
}

const CONTROL_PLANE = join(ROOT, 'test/control-plane');

async function writeReduced(pkg: string, source: Source, reached: ReadonlySet<string>): Promise<void> {
  const kept = [...source.messages].filter(([name]) => reached.has(name));
  const imports = new Set(kept.flatMap(([, { uses }]) => uses.map(packageOf)).filter((other) => other !== pkg));
  const head = ['syntax = "proto2";', '', `package ${pkg};`, ''];
  const importLines = [...imports].toSorted().map((other) => `import "${protoPath(other)}";`);
  const parts = [source.licence + NOTICE.replace('VERSION', await kubernetesVersion()), head.join('\n')];
  if (importLines.length > 0) parts.push(`${importLines.join('\n')}\n`);
  const path = join(ROOT, PROTO_FOLDER, protoPath(pkg));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, [...parts, ...kept.map(([, { text }]) => text)].join('\n'));
}

async function kubernetesVersion(): Promise<string> {
  const goMod = await readFile(join(CONTROL_PLANE, 'go.mod'), 'utf8');
  const [, version] = /k8s\.io\/api (v[\d.]+)/.exec(goMod) ?? [];
  if (version === undefined) throw new Error('Cannot find k8s.io/api in test/control-plane/go.mod');
  return version;
}

function packageOf(message: string): string {
  return message.slice(0, message.lastIndexOf('.'));
}

function protoPath(pkg: string): string {
  return `${pkg.replace(/^k8s\.io\./, 'k8s.io/').replaceAll(/\.(?!io\/)/g, '/')}/generated.proto`;
}

if (import.meta.main) await main();
