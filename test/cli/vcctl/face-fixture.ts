import type { ClusterTarget } from '../../../src/cli/cluster/cluster-access.ts';
import type { FacePorts } from '../../../src/cli/vcctl/face.ts';
import { runAlone, runFace } from '../../../src/cli/vcctl/face-program.ts';
import type { FaceWorld } from '../../../src/cli/vcctl/face-program.ts';
import { FLOW_COMMANDS } from '../../../src/cli/vcctl/flow-commands.ts';
import { JOB_COMMANDS } from '../../../src/cli/vcctl/job-commands.ts';
import { Objects } from '../../../src/cli/cluster/objects.ts';
import { OLD_COMMANDS } from '../../../src/cli/vcctl/old-commands.ts';
import { POD_COMMANDS } from '../../../src/cli/vcctl/pod-commands.ts';
import { QUEUE_COMMANDS } from '../../../src/cli/vcctl/queue-commands.ts';
import type { WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { ScriptedWriter } from '../../support/scripted-writer.ts';

const NOW = '2026-03-01T12:00:00Z';

/** What a command printed, asked of the API server, and ended with. */
export interface FaceRun {
  readonly printed: string;
  readonly code: number;
  readonly requests: readonly WriteRequest[];
  readonly targets: readonly ClusterTarget[];
}

/** What a run meets beside the answers of the API server. */
export interface FaceSurroundings {
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command line of vcctl, or of an older program, against these answers of the API server. */
export async function face(
  line: string,
  answers: readonly WriteOutcome[] = [],
  { files = {}, environment = {} }: FaceSurroundings = {},
): Promise<FaceRun> {
  const [name = '', ...args] = line.split(' ');
  const writer = new ScriptedWriter(...answers);
  const printed: string[] = [];
  const targets: ClusterTarget[] = [];
  const ports: FacePorts = {
    objects: new Objects(writer),
    nowMs: Date.parse(NOW),
    environment,
    readFile: (path) => {
      const content = files[path];
      return content === undefined ? Promise.reject(new Error(`${path} is not there`)) : Promise.resolve(content);
    },
  };
  const world: FaceWorld = {
    print: (words) => printed.push(words),
    atCluster: (target, work) => {
      targets.push(target);
      return work(ports);
    },
  };
  const argv = ['node', name, ...args.map((word) => word.replaceAll('_', ' '))];
  const old = OLD_COMMANDS.find((command) => command.name === name);
  const groups = [JOB_COMMANDS, ...FLOW_COMMANDS, QUEUE_COMMANDS, POD_COMMANDS];
  const code = await (old === undefined
    ? runFace({ name, groups, version: 'Sluice 1.2.3' }, argv, world)
    : runAlone(old, argv, world));
  return { printed: printed.join('\n'), code, requests: writer.requests, targets };
}

/** The answer of an API server that has this object. */
export function found(object: JsonObject): WriteOutcome {
  return { kind: 'done', object };
}

/** The answer of an API server that lists these objects. */
export function listed(...items: readonly JsonObject[]): WriteOutcome {
  return found({ items });
}
