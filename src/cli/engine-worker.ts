import { ENGINE_NICENESS, standBack } from '../adapters/thread-priority.ts';
import { createWriter } from '../adapters/kube/write/writer.ts';
import { JOBS, NAMESPACES, NODES, POD_GROUPS, PODS, PRIORITY_CLASSES, QUEUES } from '../api/resources.ts';
import { projectJob } from '../api/projections/job.ts';
import { projectNamespace } from '../api/projections/namespace.ts';
import { projectNode } from '../api/projections/node.ts';
import { projectPodGroup } from '../api/projections/pod-group.ts';
import { projectPod } from '../api/projections/pod.ts';
import { projectPriorityClass } from '../api/projections/priority-class.ts';
import { projectQueue } from '../api/projections/queue.ts';
import type { SchedulingShape } from '../api/records/scheduling-shape.ts';
import { createControllers } from '../engine/control/control-loop.ts';
import { createEventRecorder } from '../engine/events/event-recorder.ts';
import { createLeaderElector, writeTimeoutMs } from '../engine/lead/lease.ts';
import { Term } from '../engine/lead/term.ts';
import { SchedulerLoop } from '../engine/cycle/scheduler-loop.ts';
import { serveWebhook } from './room-poster.ts';
import { startData, WorkerBase } from './worker-base.ts';
import type { EngineStart } from './worker-link.ts';

/** The engine: scheduler and controllers over one set of watch streams; works only while it leads. */
function run(): void {
  const start = startData<EngineStart>();
  const base = new WorkerBase(start, 'engine');
  // A review has milliseconds, a cycle has time: where the machine is full, the webhook's thread goes first.
  standBack(ENGINE_NICENESS);
  const { clock, randomness, metrics, log, http } = base;
  // A burst of bindings must not hold a renewal up.
  const electionWriter = createWriter({ http: base.openHttp(ELECTION_SOCKETS), clock, metrics, log });
  const elector = createLeaderElector({
    writer: electionWriter,
    clock,
    randomness,
    metrics,
    log,
    namespace: start.namespace,
    name: 'sluice',
    identity: start.identity,
    timings: start.lease,
    onAcquired: () => void term.begin(),
    onLost: (reason) => {
      term.lose();
      base.fatal(`leadership lost: ${reason}`);
    },
  });
  const timeoutMs = writeTimeoutMs(start.lease);
  const writer = createWriter({ http, clock, metrics, log, leadership: elector, timeoutMs });
  const events = createEventRecorder({ writer, clock, randomness, metrics, instance: start.identity });
  const controllers = createControllers({ writer, recorder: events, clock, randomness, metrics, log });
  const scheduler = new SchedulerLoop({
    policy: start.policy,
    writer,
    leadership: elector,
    isCurrent: () => base.viewProblem === undefined,
    events,
    clock,
    randomness,
    metrics,
    log,
  });
  reflect(base, start, controllers, scheduler);
  if (start.toWebhook !== undefined) serveWebhook(start.toWebhook, () => scheduler.room);
  const term = new Term({
    catchUp: () => base.catchUp(),
    works: [...(start.isController ? [controllers] : []), ...(start.isScheduler ? [scheduler] : [])],
    writer,
    release: () => elector.stop(),
  });
  base.mayCheckViews = () => elector.isLeader();
  base.onOrder((order) => {
    if (order.kind === 'stop') void term.end().then(() => base.stop());
  });
  const isSynced = (): boolean =>
    (!start.isScheduler || scheduler.synced) && (!start.isController || controllers.synced);
  // Who cannot read the cluster must not hold the lease.
  base.run(isSynced, () => elector.start());
}

/** One for the renewal, and one for the next when that hangs. */
const ELECTION_SOCKETS = 2;

type Controllers = ReturnType<typeof createControllers>;

/** One watch a kind, shared by the roles that need it. */
function reflect(base: WorkerBase, start: EngineStart, controllers: Controllers, scheduler: SchedulerLoop): void {
  const shapes = new Map<string, SchedulingShape>();
  const forBoth = <T>(control: T, schedule: T): T[] => [
    ...(start.isController ? [control] : []),
    ...(start.isScheduler ? [schedule] : []),
  ];
  base.reflect(QUEUES, projectQueue, (queue) => queue.name, ...forBoth(controllers.onQueues, scheduler.onQueues));
  base.reflect(
    POD_GROUPS,
    projectPodGroup,
    (group) => group.key,
    ...forBoth(controllers.onPodGroups, scheduler.onPodGroups),
  );
  base.reflect(
    PODS,
    (raw) => projectPod(raw, shapes),
    (pod) => pod.key,
    ...forBoth(controllers.onPods, scheduler.onPods),
  );
  if (start.isController) {
    base.reflect(JOBS, projectJob, (job) => job.key, controllers.onJobs);
    base.reflect(NAMESPACES, projectNamespace, (namespace) => namespace.name, controllers.onNamespaces);
  }
  if (start.isScheduler) {
    base.reflect(NODES, projectNode, (node) => node.name, scheduler.onNodes);
    base.reflect(
      PRIORITY_CLASSES,
      projectPriorityClass,
      (priorityClass) => priorityClass.name,
      scheduler.onPriorityClasses,
    );
  }
}

run();
