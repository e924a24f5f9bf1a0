import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { InvariantError } from '../../lib/exhaustive.ts';
import { atCluster } from '../cluster/at-cluster.ts';
import { userTarget } from '../cluster/cluster-access.ts';
import type { ClusterTarget } from '../cluster/cluster-access.ts';
import { sluiceVersion } from '../version.ts';
import type { FacePorts } from './face.ts';
import { runAlone, runFace } from './face-program.ts';
import type { FaceWorld } from './face-program.ts';
import { FLOW_COMMANDS } from './flow-commands.ts';
import { JOB_COMMANDS } from './job-commands.ts';
import { Objects } from '../cluster/objects.ts';
import { OLD_COMMANDS } from './old-commands.ts';
import { POD_COMMANDS } from './pod-commands.ts';
import { QUEUE_COMMANDS } from './queue-commands.ts';

const WORLD: FaceWorld = { print: (line) => console.log(line), atCluster: withPorts };

/** Runs `vcctl` with the arguments of the process; resolves with its exit code. */
export function vcctl(argv: readonly string[]): Promise<number> {
  const groups = [JOB_COMMANDS, ...FLOW_COMMANDS, QUEUE_COMMANDS, POD_COMMANDS];
  return runFace({ name: 'vcctl', groups, version: `Sluice ${sluiceVersion()}` }, argv, WORLD);
}

/** Runs one of Volcano's older programs, such as `vsub`; resolves with its exit code. */
export function oldCommand(name: string, argv: readonly string[]): Promise<number> {
  const command = OLD_COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new InvariantError(`${name} is none of Volcano's programs`);
  return runAlone(command, argv, WORLD);
}

async function withPorts<T>(target: ClusterTarget, work: (ports: FacePorts) => Promise<T>): Promise<T> {
  const given = target.kubeconfig === '' ? { server: target.server } : target;
  return atCluster(userTarget(given), ({ writer }, nowMs) =>
    work({
      objects: new Objects(writer),
      nowMs,
      environment: process.env,
      readFile: (path) => readFile(path, 'utf8'),
    }),
  );
}
