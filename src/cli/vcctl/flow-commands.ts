import { stringify } from 'yaml';
import { JOBFLOWS, JOBTEMPLATES } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { ageOf } from '../../lib/human-duration.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';
import { fitted } from './columns.ts';
import { bool, text } from './face.ts';
import type { FaceCommand, FaceGroup, FacePorts, Flag, Flags } from './face.ts';
import { manifestsIn } from './manifest-file.ts';
import { NOTHING_FOUND } from './nothing-found.ts';

const BLANKS = 4;
/** Between objects that are described. */
const RULE = '---------------------------------';
const DEFAULT_NAMESPACE = 'default';

/** One of the two kinds of flows, and what its tables tell beside name and namespace. */
interface FlowKind {
  readonly word: string;
  readonly type: ResourceType;
  readonly columns: readonly (readonly [head: string, cell: (flow: JsonObject, nowMs: number) => string])[];
  readonly listFlags: readonly Flag[];
}

const FLOW: FlowKind = {
  word: 'jobflow',
  type: JOBFLOWS,
  columns: [
    ['Phase', (flow) => stringAt(flow, ['status', 'state', 'phase'])],
    ['Age', (flow, nowMs) => ageOf(stringAt(flow, ['metadata', 'creationTimestamp']), nowMs)],
  ],
  listFlags: [bool('all-namespaces', 'list jobflows in all namespaces')],
};

const TEMPLATE: FlowKind = { word: 'jobtemplate', type: JOBTEMPLATES, columns: [], listFlags: [] };

/** `vcctl jobflow` and `vcctl jobtemplate`, which are alike. */
export const FLOW_COMMANDS: readonly FaceGroup[] = [FLOW, TEMPLATE].map((kind) => ({
  name: kind.word,
  summary: `vcctl command line operation ${kind.word}`,
  commands: [createCommand(kind), listCommand(kind), getCommand(kind), deleteCommand(kind), describeCommand(kind)],
}));

function createCommand({ word, type }: FlowKind): FaceCommand {
  return {
    name: 'create',
    summary: `create a ${word}`,
    flags: [fileFlag(word)],
    run: async (flags, ports) => {
      const objects = await manifestsIn(flags.text('file'), type, ports);
      return eachOf(objects, 'create', type, (object, namespace) => ports.objects.create(type, namespace, object));
    },
  };
}

function deleteCommand({ word, type }: FlowKind): FaceCommand {
  return {
    name: 'delete',
    summary: `delete a ${word}`,
    flags: [...placeFlags(word), fileFlag(word)],
    run: async (flags, ports) => {
      const file = flags.text('file');
      if (file === '') needName(flags, `${word} name must be specified`);
      const named: JsonObject = { metadata: { name: flags.text('name'), namespace: flags.text('namespace') } };
      const objects = file === '' ? [named] : await manifestsIn(file, type, ports);
      return eachOf(objects, 'delete', type, (object, namespace) =>
        ports.objects.remove({ type, namespace, name: nameOf(object) }),
      );
    },
  };
}

/** Does it to each object, and tells of each; what failed comes last, so that nothing stops at the first one. */
async function eachOf(
  objects: readonly JsonObject[],
  verb: 'create' | 'delete',
  { kind }: ResourceType,
  act: (object: JsonObject, namespace: string) => Promise<unknown>,
): Promise<string> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const object of objects) {
    const namespace = stringAt(object, ['metadata', 'namespace'], DEFAULT_NAMESPACE);
    const where = `${namespace}/${nameOf(object)}`;
    try {
      await act(object, namespace);
      done.push(`${verb === 'create' ? 'Created' : 'Deleted'} ${kind}: ${where}`);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      failed.push(`${verb} ${kind} ${where}: ${error.message}`);
    }
  }
  if (failed.length > 0) throw new SetupError([failed.join(', '), ...done].join('\n'));
  return done.join('\n');
}

function listCommand(kind: FlowKind): FaceCommand {
  const { word, type, listFlags } = kind;
  return {
    name: 'list',
    summary: `list ${word}s`,
    flags: [namespaceFlag(word), ...listFlags],
    run: async (flags, { objects, nowMs }) => {
      const namespace = flags.isOn('all-namespaces') ? '' : flags.text('namespace');
      const flows = await objects.list(type, namespace);
      return flows.length === 0 ? NOTHING_FOUND : table(kind, flows, nowMs);
    },
  };
}

function getCommand(kind: FlowKind): FaceCommand {
  const { word } = kind;
  return {
    name: 'get',
    summary: `get a ${word}`,
    flags: placeFlags(word),
    run: async (flags, ports) => {
      needName(flags, `name is mandatory to get the particular ${word} details`);
      return table(kind, [await named(kind, flags, ports)], ports.nowMs);
    },
  };
}

function describeCommand(kind: FlowKind): FaceCommand {
  const { word, type } = kind;
  return {
    name: 'describe',
    summary: `describe a ${word}`,
    flags: [...placeFlags(word), text('format', 'o', 'yaml', 'the format of output')],
    run: async (flags, ports) => {
      const format = flags.text('format');
      if (format !== 'yaml' && format !== 'json') throw new SetupError(`Unsupported format: ${format}`);
      const isOne = flags.text('name') !== '';
      const flows = isOne ? [await named(kind, flags, ports)] : await ports.objects.list(type, flags.text('namespace'));
      return flows.map((flow) => described(flow, format)).join(`\n${RULE}\n`);
    },
  };
}

/** Without what only the API server cares for. */
function described(flow: JsonObject, format: 'yaml' | 'json'): string {
  const { managedFields: _, ...metadata } = objectAt(flow, 'metadata');
  const shown = { ...flow, metadata };
  return format === 'json' ? JSON.stringify(shown, undefined, 2) : stringify(shown).trimEnd();
}

function named({ type }: FlowKind, flags: Flags, { objects }: FacePorts): Promise<JsonObject> {
  return objects.get({ type, namespace: flags.text('namespace'), name: flags.text('name') });
}

function table({ columns }: FlowKind, flows: readonly JsonObject[], nowMs: number): string {
  const rows = flows.map((flow) => [
    nameOf(flow),
    stringAt(flow, ['metadata', 'namespace']),
    ...columns.map(([, cell]) => cell(flow, nowMs)),
  ]);
  return fitted([['Name', 'Namespace', ...columns.map(([head]) => head)], ...rows], BLANKS);
}

function needName(flags: Flags, message: string): void {
  if (flags.text('name') === '') throw new SetupError(message);
}

function placeFlags(word: string): readonly Flag[] {
  return [text('name', 'N', '', `the name of ${word}`), namespaceFlag(word)];
}

function namespaceFlag(word: string): Flag {
  return text('namespace', 'n', DEFAULT_NAMESPACE, `the namespace of ${word}`);
}

function fileFlag(word: string): Flag {
  return text('file', 'f', '', `the path to the YAML file containing the ${word}`);
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}
