import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { arrayAt, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { mapContainers, withEnv, withPort } from './containers.ts';
import { addressOf } from './hosts.ts';
import type { JobPlugin, PluginJob, PluginTask, PodPlace } from './plugin.ts';

const WAITER = 'wait-for-master';
/** Asks once a second; images have netcat, or a shell that opens connections by itself. */
const WAIT_SCRIPT = `deadline=$(($(date +%s) + WAIT_SECONDS))
until nc -z -w 1 "$MASTER_ADDR" "$MASTER_PORT" 2>/dev/null || (: <"/dev/tcp/$MASTER_ADDR/$MASTER_PORT") 2>/dev/null; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "nobody answers at $MASTER_ADDR:$MASTER_PORT after $WAIT_SECONDS seconds" >&2
    exit 1
  fi
  sleep 1
done
`;

/** Tells `torch.distributed` who the master is, how many there are, and which of them a pod is. */
export const PYTORCH: JobPlugin<'pytorch'> = {
  name: 'pytorch',
  access: [],
  objects: () => [],
  onPod: (pod, place, job, args) => {
    const master = job.tasks.find(({ name }) => name === args.master);
    if (master === undefined) return pod;
    const meeting = meetingPlace(job, master, args);
    const variables = [...meeting, { name: 'WORLD_SIZE', value: String(worldSize(job, args)) }, ...rankOf(place, args)];
    const told = mapContainers(pod, ['containers'], (container) => {
      return withEnv(withPort(container, 'pytorchjob-port', args.port), variables);
    });
    return args.waitsForMaster && place.task === args.worker ? withWaiter(told, meeting, args) : told;
  },
};

function meetingPlace(job: PluginJob, master: PluginTask, args: PluginArguments<'pytorch'>): readonly JsonObject[] {
  return [
    { name: 'MASTER_ADDR', value: addressOf(job, master, 0) },
    { name: 'MASTER_PORT', value: String(args.port) },
  ];
}

function worldSize(job: PluginJob, { master, worker }: PluginArguments<'pytorch'>): number {
  const members = job.tasks.filter(({ name }) => name === master || name === worker);
  return members.reduce((sum, { replicas }) => sum + replicas, 0);
}

/** The master is the first; pods of other tasks are no members. */
function rankOf({ task, index }: PodPlace, args: PluginArguments<'pytorch'>): readonly JsonObject[] {
  if (task === args.worker) return [{ name: 'RANK', value: String(index + 1) }];
  return task === args.master ? [{ name: 'RANK', value: '0' }] : [];
}

/** The pod with an init container, the last one, that ends once somebody answers at the master's port. */
function withWaiter(
  pod: JsonObject,
  meeting: readonly JsonObject[],
  { waitImage, waitSeconds }: PluginArguments<'pytorch'>,
): JsonObject {
  const spec = objectAt(pod, 'spec');
  const before = arrayAt(spec, 'initContainers');
  if (before.some((container) => stringAt(container, ['name']) === WAITER)) return pod;
  const waiter = {
    name: WAITER,
    image: waitImage,
    command: ['sh', '-c', WAIT_SCRIPT],
    env: [...meeting, { name: 'WAIT_SECONDS', value: String(waitSeconds) }],
  };
  return { ...pod, spec: { ...spec, initContainers: [...before, waiter] } };
}
