import { ENGINE_NICENESS, standBack } from '../../adapters/thread-priority.ts';
import { postJson } from '../../adapters/post-json.ts';
import { createUsageReader } from '../../adapters/usage/read-usage.ts';
import { createKeyMaker } from '../../adapters/key-maker.ts';
import { HmacSubmitterKeys } from '../../adapters/submitter-keys.ts';
import { createPodProber } from '../../adapters/pod-prober.ts';
import { createWriter } from '../../adapters/kube/write/writer.ts';
import {
  WATCHED_CSI_DRIVERS,
  WATCHED_CSI_NODES,
  WATCHED_DATASETS,
  WATCHED_HYPER_NODES,
  WATCHED_DISRUPTION_BUDGETS,
  WATCHED_NAMESPACES,
  WATCHED_NUMATOPOLOGIES,
  WATCHED_POD_GROUPS,
  WATCHED_PRIORITY_CLASSES,
  WATCHED_QUEUES,
  WATCHED_STORAGE_CAPACITIES,
  WATCHED_STORAGE_CLASSES,
  WATCHED_VOLUME_CLAIMS,
  WATCHED_VOLUMES,
  WATCHED_CLAIM_TEMPLATES,
  WATCHED_DEVICE_CLASSES,
  WATCHED_DEVICE_TAINT_RULES,
  WATCHED_RESOURCE_CLAIMS,
  WATCHED_RESOURCE_QUOTAS,
  WATCHED_RESOURCE_SLICES,
  watchedNodes,
  watchedPods,
} from '../../api/watched-kinds.ts';
import { amountsText } from '../../api/amounts.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { WatchedKind } from '../../api/watched-kinds.ts';
import { GrowingGroups } from '../../engine/growing-groups.ts';
import { createControllers } from '../../engine/control/control-loop.ts';
import { createEventRecorder } from '../../engine/events/event-recorder.ts';
import { LeadersRoom } from '../../engine/lead/leaders-room.ts';
import { createLeaderElector, writeTimeoutMs } from '../../engine/lead/lease.ts';
import type { LeaderElector } from '../../engine/lead/lease.ts';
import { Term } from '../../engine/lead/term.ts';
import { SchedulerLoop } from '../../engine/cycle/scheduler-loop.ts';
import { VOLCANOS_WORDS } from '../../engine/cycle/tell/volcanos-words.ts';
import { SLUICES_WORDS } from '../../engine/cycle/tell/words.ts';
import type { ChangeHandler, ClusterWriter, Leadership } from '../../engine/ports.ts';
import { BelievedGroups } from '../../engine/submitters/believed-groups.ts';
import { UsageFeed } from '../../engine/usage/usage-feed.ts';
import { describeSource } from '../../config/policy-source.ts';
import { GeometryKeeper } from '../../engine/policy/geometry-keeper.ts';
import { PolicyKeeper } from '../../engine/policy/policy-keeper.ts';
import type { ConfigurationFeed } from './config-map-feed.ts';
import { GeometryFeed } from './geometry-feed.ts';
import { followPolicy } from './policy-feed.ts';
import { followSettings } from './settings-feed.ts';
import { followRoots, NO_ROOTS } from './root-feed.ts';
import type { RootFeed } from './root-feed.ts';
import { serveWebhook } from './serve-webhook.ts';
import { startData, WorkerBase } from './worker-base.ts';
import type { EngineStart, Order } from './worker-link.ts';

/** What controllers ask of the world beside the API server. */
const OUTSIDE = { keys: createKeyMaker(), prober: createPodProber() };

/** The engine: scheduler and controllers over one set of watch streams; works only while it leads. One that observes never does. */
function run(): void {
  const start = startData<EngineStart>();
  const base = new WorkerBase(start, 'engine');
  // A review has milliseconds, a cycle has time: where the machine is full, the webhook's thread goes first.
  standBack(ENGINE_NICENESS);
  const { clock, randomness, metrics, log, http } = base;
  const ports = { clock, randomness, metrics, log };
  const ownNamespace = start.namespace;
  // A burst of bindings must not hold a renewal up.
  const electionWriter = createWriter({ http: base.openHttp(ELECTION_SOCKETS), clock, metrics, log });
  const elector = createLeaderElector({
    writer: electionWriter,
    ...ports,
    namespace: ownNamespace,
    name: LEASE,
    identity: start.identity,
    operations: start.isScheduler ? start.operations : undefined,
    freeRoom: () => formatted(scheduler.free()),
    timings: start.lease,
    onAcquired: (acquired) => void term.begin(acquired),
    onLost: (reason) => {
      term.lose();
      base.report({ kind: 'lost', message: reason });
    },
  });
  const timeoutMs = writeTimeoutMs(start.lease);
  const writer = createWriter({ http, clock, metrics, log, leadership: elector, timeoutMs });
  const events = createEventRecorder({ writer, clock, randomness, metrics, instance: start.identity });
  const submitterKeys = new HmacSubmitterKeys(start.submitterKeys, clock);
  const growing = new GrowingGroups();
  const own = { ...OUTSIDE, ownNamespace, submitterKeys, growing };
  const controllers = createControllers({ writer, recorder: events, ...ports, ...own });
  const scheduler = new SchedulerLoop({
    policy: start.policy.policy,
    writer,
    leadership: elector,
    isCurrent: () => base.viewProblem === undefined,
    post: postJson,
    events,
    growing,
    words: start.speaksVolcano ? VOLCANOS_WORDS : SLUICES_WORDS,
    ...ports,
  });
  const groups = new BelievedGroups(submitterKeys, scheduler.cluster.onPodGroups);
  reflect(base, start, controllers, { scheduler, groups });
  const usages = new UsageFeed(
    { read: createUsageReader(http), apply: (byNode) => scheduler.onNodeUsage(byNode), clock, metrics, log },
    start.policy.policy.metrics,
  );
  const kept = keepPolicies(start, { base, events, scheduler, usages });
  const deciding = [kept.policies, kept.geometries, usages];
  const roots = start.isController
    ? followRoots(base, { take: controllers.applyRoots, onKinds: (_, kinds) => base.report({ kind: 'served', kinds }) })
    : NO_ROOTS;
  const feed = followConfigurations(base, start, kept, controllers);
  const stopTelling = tellWebhook(start, base, scheduler, { writer: electionWriter, elector });
  const term = new Term({
    catchUp: () => Promise.all([base.catchUp(), roots.catchUp()]),
    works: [...(start.isController ? [controllers] : []), ...(start.isScheduler ? [scheduler, ...deciding] : [])],
    writer,
    release: () => elector.stop(),
  });
  base.mayCheckViews = () => elector.isLeader();
  base.onOrder((order) => {
    if (order.kind === 'begin') begin(start, base, { elector, roots }, isReady);
    if (order.kind === 'explain') explain(order, scheduler, base);
    if (order.kind === 'submitterKeys') {
      submitterKeys.use(order.ring);
      for (const part of [groups, controllers]) part.judgeAgain();
    }
    if (order.kind !== 'stop') return;
    feed.stop();
    stopTelling();
    void Promise.all([term.end(), roots.stop()]).then(() => base.stop());
  });
  const isReady = (): boolean =>
    (!start.isScheduler || (scheduler.synced && feed.isRead)) &&
    (!start.isController || (controllers.synced && roots.isSettled)) &&
    (!start.isObserver || scheduler.told.room !== undefined);
}

/** Who cannot read the cluster must not hold the lease; who observes never asks for it. */
function begin(
  { isObserver }: EngineStart,
  base: WorkerBase,
  { elector, roots }: { readonly elector: LeaderElector; readonly roots: RootFeed },
  isReady: () => boolean,
): void {
  roots.start();
  if (isObserver) base.run(isReady);
  else void elector.look().then(() => base.run(isReady, () => elector.start()));
}

/** Sluice's own Lease. */
const LEASE = 'sluice';

/** The webhook of this process, if there is one, hears what this engine knows, and what the one that leads says. */
function tellWebhook(
  { toWebhook, namespace }: EngineStart,
  { clock, log }: WorkerBase,
  scheduler: SchedulerLoop,
  { writer, elector }: { readonly writer: ClusterWriter; readonly elector: Leadership },
): () => void {
  if (toWebhook === undefined) return () => undefined;
  const leadersRoom = new LeadersRoom({ writer, clock, namespace, name: LEASE });
  leadersRoom.follow(() => elector.isLeader());
  serveWebhook(toWebhook, { scheduler, leadersRoom }, log);
  return () => leadersRoom.stop();
}

function formatted(free: ResourceAmounts | undefined): string | undefined {
  return free && amountsText(free);
}

/** What the policy is handed to. */
interface PolicyTakers {
  readonly base: WorkerBase;
  readonly events: ReturnType<typeof createEventRecorder>;
  readonly scheduler: SchedulerLoop;
  readonly usages: UsageFeed;
}

/** What the scheduler is configured by. */
interface KeptPolicies {
  readonly policies: PolicyKeeper;
  readonly geometries: GeometryKeeper;
  /** Goes where the policy says. */
  readonly geometryFeed: GeometryFeed;
}

function keepPolicies(
  { policySource, policy: atStart }: EngineStart,
  { base, events, scheduler, usages }: PolicyTakers,
): KeptPolicies {
  const { clock, metrics, log } = base;
  const geometries = new GeometryKeeper({ learn: (known) => scheduler.learnGeometries(known), events });
  const geometryFeed = new GeometryFeed(base, geometries);
  const policies = new PolicyKeeper({
    source: describeSource(policySource),
    atStart,
    apply: (policy) => {
      scheduler.setPolicy(policy);
      usages.setSource(policy.metrics);
      geometryFeed.see(policy);
    },
    events,
    clock,
    metrics,
    log,
  });
  return { policies, geometries, geometryFeed };
}

function explain(order: Extract<Order, { kind: 'explain' }>, scheduler: SchedulerLoop, base: WorkerBase): void {
  const { id, question } = order;
  void scheduler.explain(question).then((answer) => base.report({ kind: 'explained', id, answer }));
}

/** The scheduler begins with its configuration; controllers do without until theirs is read. */
function followConfigurations(
  base: WorkerBase,
  { isScheduler, isController, policySource, policy: atStart, settingPlaces }: EngineStart,
  { policies, geometryFeed }: KeptPolicies,
  { configure }: Controllers,
): ConfigurationFeed {
  if (isScheduler) geometryFeed.see(atStart.policy);
  const policy = followPolicy(base, isScheduler ? policySource : { kind: 'default' }, policies);
  const settings = followSettings(base, isController ? settingPlaces : undefined, configure);
  return {
    get isRead() {
      return policy.isRead && geometryFeed.isRead;
    },
    stop() {
      policy.stop();
      geometryFeed.stop();
      settings.stop();
    },
  };
}

/** One for the renewal, and one for the next when that hangs. */
const ELECTION_SOCKETS = 2;

type Controllers = ReturnType<typeof createControllers>;

/** A kind and who takes what its watch shows. */
interface Feed {
  readonly kind: WatchedKind<unknown>;
  readonly handler: ChangeHandler<unknown>;
}

/** The scheduler, and what it is told of groups. */
interface Scheduling {
  readonly scheduler: SchedulerLoop;
  readonly groups: BelievedGroups;
}

/** One watch a kind, shared by the roles that need it. */
function reflect(base: WorkerBase, start: EngineStart, controllers: Controllers, scheduling: Scheduling): void {
  const feeds = [
    ...(start.isController ? controllerFeeds(controllers) : []),
    ...(start.isScheduler ? schedulerFeeds(scheduling) : []),
    ...(start.isObserver ? sizeFeeds(scheduling.scheduler) : []),
  ];
  for (const [first, ...others] of Map.groupBy(feeds, ({ kind }) => kind.type).values()) {
    if (first === undefined) continue;
    const handlers = [first, ...others].map(({ handler }) => handler);
    base.reflect(first.kind, ...handlers);
  }
}

function controllerFeeds(controllers: Controllers): readonly Feed[] {
  return controllers.kinds.map((kind) => ({ kind, handler: (changes) => controllers.apply(kind.type, changes) }));
}

/** What the size of the cluster is made of. */
function sizeFeeds(scheduler: SchedulerLoop): readonly Feed[] {
  return [
    feed(watchedNodes(), scheduler.cluster.onNodes),
    feed(WATCHED_RESOURCE_SLICES, scheduler.devices.onSlices),
    feed(WATCHED_DEVICE_CLASSES, scheduler.devices.onClasses),
    feed(WATCHED_HYPER_NODES, scheduler.topology.onHyperNodes),
  ];
}

function schedulerFeeds({ scheduler, groups }: Scheduling): readonly Feed[] {
  return [
    feed(WATCHED_QUEUES, scheduler.cluster.onQueues),
    feed(WATCHED_POD_GROUPS, groups.apply),
    feed(watchedPods(), scheduler.cluster.onPods),
    feed(watchedNodes(), scheduler.cluster.onNodes),
    feed(WATCHED_PRIORITY_CLASSES, scheduler.rules.onPriorityClasses),
    feed(WATCHED_NAMESPACES, scheduler.rules.onNamespaces),
    feed(WATCHED_DISRUPTION_BUDGETS, scheduler.rules.onDisruptionBudgets),
    feed(WATCHED_VOLUME_CLAIMS, scheduler.storage.onVolumeClaims),
    feed(WATCHED_VOLUMES, scheduler.storage.onVolumes),
    feed(WATCHED_STORAGE_CLASSES, scheduler.storage.onStorageClasses),
    feed(WATCHED_CSI_NODES, scheduler.storage.onCsiNodes),
    feed(WATCHED_CSI_DRIVERS, scheduler.storage.onCsiDrivers),
    feed(WATCHED_STORAGE_CAPACITIES, scheduler.storage.onStorageCapacities),
    feed(WATCHED_RESOURCE_SLICES, scheduler.devices.onSlices),
    feed(WATCHED_DEVICE_CLASSES, scheduler.devices.onClasses),
    feed(WATCHED_DEVICE_TAINT_RULES, scheduler.devices.onTaintRules),
    feed(WATCHED_RESOURCE_CLAIMS, scheduler.devices.onClaims),
    feed(WATCHED_CLAIM_TEMPLATES, scheduler.devices.onTemplates),
    feed(WATCHED_RESOURCE_QUOTAS, scheduler.rules.onResourceQuotas),
    feed(WATCHED_DATASETS, scheduler.rules.onDatasets),
    feed(WATCHED_HYPER_NODES, scheduler.topology.onHyperNodes),
    feed(WATCHED_NUMATOPOLOGIES, scheduler.numa.onNumatopologies),
  ];
}

/** Each kind's handler takes what that kind's projection makes. */
function feed<T>(kind: WatchedKind<T>, handler: ChangeHandler<T>): Feed {
  return { kind: kind as WatchedKind<unknown>, handler: handler as ChangeHandler<unknown> };
}

run();
