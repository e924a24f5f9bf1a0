import type { JsonObject } from '../../../src/lib/json.ts';

/** What is done about a job from outside. */
export type Deed = 'evict' | 'fail' | 'complete' | 'start anew' | 'unknown' | 'grow' | `command ${string}`;

/** One life of a job of Volcano: what happens when it has come so far, and the phases that are seen of it. */
export interface LifeRow {
  readonly name: string;
  readonly spec: JsonObject;
  /** Each is done once the job was seen in so many phases and has so many pods. */
  readonly deeds: readonly { readonly after: number; readonly pods: number; readonly deed: Deed }[];
  readonly want: readonly string[];
  /** What may be seen after that: where a pod is made anew, a job may be seen to wait for it. */
  readonly maybe?: readonly string[];
}

const RESTART = ['RestartTask', 'RestartPod', 'RestartPartition'] as const;
const WHOLE = ['RestartJob', 'AbortJob', 'TerminateJob', 'CompleteJob', 'ResumeJob'] as const;
const FOREVER = 'sleep 600';
/** Takes so long to go that something else can be asked for meanwhile. */
const SLOW = 'trap "sleep 3; exit 0" TERM; sleep 600';
const PODS = 2;

/** How a job comes into each phase. */
const ARRIVALS: Readonly<
  Record<string, { readonly script: string; readonly action: string; readonly path: readonly string[] }>
> = {
  Pending: { script: FOREVER, action: '', path: ['Pending'] },
  Running: { script: FOREVER, action: '', path: ['Pending', 'Running'] },
  Restarting: { script: SLOW, action: 'RestartJob', path: ['Pending', 'Running', 'Restarting'] },
  Aborting: { script: SLOW, action: 'AbortJob', path: ['Pending', 'Running', 'Aborting'] },
  Aborted: { script: FOREVER, action: 'AbortJob', path: ['Pending', 'Running', 'Aborting', 'Aborted'] },
  Completing: { script: SLOW, action: 'CompleteJob', path: ['Pending', 'Running', 'Completing'] },
  Completed: { script: FOREVER, action: 'CompleteJob', path: ['Pending', 'Running', 'Completing', 'Completed'] },
  Terminating: { script: SLOW, action: 'TerminateJob', path: ['Pending', 'Running', 'Terminating'] },
  Terminated: { script: FOREVER, action: 'TerminateJob', path: ['Pending', 'Running', 'Terminating', 'Terminated'] },
  Failed: { script: 'sleep 1; exit 1', action: '', path: ['Pending', 'Running', 'Failed'] },
};

const HALTS: Readonly<Record<string, readonly string[]>> = {
  AbortJob: ['Aborting', 'Aborted'],
  TerminateJob: ['Terminating', 'Terminated'],
  CompleteJob: ['Completing', 'Completed'],
};

/** Phases that follow an action in a phase: Volcano's table. */
function following(phase: string, action: string): readonly string[] {
  const halt = HALTS[action];
  const again = ['Restarting', 'Pending', 'Running'];
  switch (phase) {
    case 'Pending':
    case 'Running':
      if (action === 'ResumeJob') return [];
      return halt ?? (phase === 'Pending' ? ['Restarting', 'Pending'] : again);
    case 'Restarting':
      // A restart goes on whatever is asked for; what brings to a halt comes after it.
      return halt === undefined ? ['Pending', 'Running'] : ['Pending', ...halt];
    case 'Aborting':
      return action === 'ResumeJob' ? again : ['Aborted'];
    case 'Aborted':
      return action === 'ResumeJob' ? again : [];
    case 'Completing':
      return ['Completed'];
    case 'Terminating':
      return ['Terminated'];
    default:
      return [];
  }
}

/** Every phase, and every action that a Command may ask for in it. */
export const STATE_ROWS: readonly LifeRow[] = Object.entries(ARRIVALS).flatMap(([phase, { script, action, path }]) =>
  WHOLE.map((asked) => {
    const bring = action === '' ? [] : [{ after: 2, pods: PODS, deed: `command ${action}` as const }];
    const ask = { after: path.length, pods: phase === 'Pending' ? PODS : 0, deed: `command ${asked}` as const };
    return {
      name: `${phase}-${asked}`.toLowerCase(),
      spec: { tasks: [task('a', script, phase === 'Pending')] },
      deeds: [...bring, ask],
      want: [...path, ...following(phase, asked)],
    };
  }),
);

/** How each event comes about, in a job that runs or, at last, in one that waits. */
const EVENTS: Readonly<Record<string, { readonly deed?: Deed; readonly more?: JsonObject }>> = {
  PodFailed: { deed: 'fail' },
  'exitCode 3': { deed: 'fail' },
  '*': { deed: 'fail' },
  PodEvicted: { deed: 'evict' },
  PodPending: { more: { timeout: '1s' } },
  Unknown: { deed: 'unknown' },
  TaskCompleted: { deed: 'complete' },
  TaskFailed: { deed: 'start anew' },
  JobUpdated: { deed: 'grow' },
};

/** Of a restart of less than the job: what the event tells of. */
const TELLS: Readonly<Record<string, readonly string[]>> = {
  Unknown: [],
  JobUpdated: [],
  TaskCompleted: ['RestartTask'],
  TaskFailed: ['RestartTask'],
};

/** Every event and every action that a policy may tie to it. The first restart is the last one, so that each comes to its end. */
export const POLICY_ROWS: readonly LifeRow[] = Object.entries(EVENTS).flatMap(([event, { deed, more }]) =>
  [...WHOLE, ...RESTART].map((action) => {
    const isPending = event === 'PodPending';
    const policy = event.startsWith('exitCode') ? { exitCode: 3, action } : { event, action, ...more };
    const isPartial = RESTART.some((one) => one === action);
    const isTold = !isPartial || (TELLS[event] ?? RESTART).includes(action);
    const reaction = action === 'ResumeJob' || !isTold ? [] : (HALTS[action] ?? ['Restarting', 'Failed']);
    const partitionPolicy = { totalPartitions: PODS, partitionSize: 1 };
    const first = {
      ...task('a', FOREVER, isPending),
      maxRetry: 1,
      partitionPolicy,
    };
    return {
      name: `${event}-${action}`.toLowerCase().replace('*', 'any').replace(' ', '-'),
      spec: { maxRetry: 1, policies: [policy], tasks: [first, task('b', FOREVER, isPending)] },
      deeds: deed === undefined ? [] : [{ after: 2, pods: 2 * PODS, deed }],
      want: [...(isPending ? ['Pending'] : ['Pending', 'Running']), ...reaction],
      ...(event === 'PodEvicted' && action === 'ResumeJob' ? { maybe: ['Pending', 'Running'] } : {}),
    };
  }),
);

/** Fewer of both: each phase and each event once, and each action at least once. */
export const SOME_ROWS: readonly LifeRow[] = [
  ...STATE_ROWS.filter((_, at) => at % WHOLE.length === (Math.floor(at / WHOLE.length) * 3) % WHOLE.length),
  ...POLICY_ROWS.filter((_, at) => {
    const actions = WHOLE.length + RESTART.length;
    return at % actions === (Math.floor(at / actions) * 5) % actions;
  }),
];

function task(name: string, script: string, isStuck: boolean): JsonObject {
  const command = ['sh', '-c', script];
  const containers = [{ name: 'c', image: 'busybox', command, resources: { requests: { cpu: '10m' } } }];
  const nodeSelector = isStuck ? { nodeSelector: { no: 'such-node' } } : {};
  return { name, replicas: PODS, template: { spec: { restartPolicy: 'Never', ...nodeSelector, containers } } };
}
