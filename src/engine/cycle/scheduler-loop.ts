import type { KnownGeometries } from '../../api/cards/mig-geometries.ts';
import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import { namesPlugin } from '../../config/policy.ts';
import type { SchedulerPolicy } from '../../config/policy.ts';
import { volumeBindTimeoutMs } from '../../config/volume-bind-timeout.ts';
import { assertNever } from '../../lib/exhaustive.ts';
import type { Decision } from '../../scheduler/session/decision.ts';
import type { Refusal } from '../../scheduler/model/refusal.ts';
import { Scheduler } from '../../scheduler/scheduler.ts';
import { Snapshot } from '../../scheduler/ledger/snapshot.ts';
import { Binder } from './bind/binder.ts';
import { BindingTroubles } from './bind/binding-troubles.ts';
import { Checker } from './checker.ts';
import { CycleTurns } from './cycle-turns.ts';
import { CLUSTER_KINDS, ClusterFeed, ClusterMirrors } from './feeds/cluster-feed.ts';
import type { ClusterListeners } from './feeds/cluster-feed.ts';
import { ClaimDesk } from './claims/claim-desk.ts';
import { DEVICE_KINDS } from './feeds/device-feed.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import { Evictor } from './evict/evictor.ts';
import { Explainer } from './explainer.ts';
import type { ExplainAnswer, ExplainQuestion } from './explainer.ts';
import { GroupWriter } from './tell/group-writer.ts';
import { LookAgain } from './look-again.ts';
import { OutsideDesk } from '../outside/outside-desk.ts';
import type { GrowingGroups } from '../growing-groups.ts';
import type { Post } from '../outside/post.ts';
import { PlanKeeper } from './bind/plan-keeper.ts';
import { PlanRecovery } from './bind/plan-recovery.ts';
import type { Clock, ClusterWriter, Leadership, Logger, Metrics, Randomness } from '../ports.ts';
import { QueueStatusWriter } from './tell/queue-status-writer.ts';
import { PrefetchHints } from './tell/prefetch-hints.ts';
import { Repeats } from './tell/repeats.ts';
import { RefusalWriter } from './tell/refusal-writer.ts';
import type { Words } from './tell/words.ts';
import { RestingGroups } from './resting-groups.ts';
import { SparedPods } from './evict/spared-pods.ts';
import type { PodTrial } from '../../scheduler/explanation/pod-trial.ts';
import type { JsonObject } from '../../lib/json.ts';
import { freeRoom } from './cluster-room.ts';
import { KnownOfNodes } from './known-of-nodes.ts';
import { RULE_KINDS, RulesFeed } from './feeds/rules-feed.ts';
import { STORAGE_KINDS } from './feeds/storage-feed.ts';
import { NUMA_KINDS, NumaFeed } from './feeds/numa-feed.ts';
import { TOPOLOGY_KINDS, TopologyFeed } from './feeds/topology-feed.ts';
import { trialPod } from './trial-pod.ts';
import { CycleTimer, reportCycle } from './scheduler-metrics.ts';

export interface SchedulerLoopOptions {
  /** Until `setPolicy`. */
  readonly policy: SchedulerPolicy;
  readonly writer: ClusterWriter;
  readonly leadership: Leadership;
  /** What was handed over is complete and fresh enough to decide on. */
  readonly isCurrent: () => boolean;
  readonly events: EventRecorder;
  readonly words: Words;
  readonly growing: GrowingGroups;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** To programs that plugins ask. */
  readonly post: Post;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** After a cycle the loop rests for this many times the cycle's own length, so that it never eats a whole core. */
const REST_FACTOR = 1;
/** After a placement that failed: the same answer at once would be a busy loop. */
const FAILED_REST_MS = 50;
/** Of which the webhook is told. */
const KINDS_TOLD = ['nodes', 'resourceslices', 'deviceclasses', 'hypernodes'];
/** No lease for certain, or no view to rely on: both may come back. */
const UNFIT_REST_MS = 1000;

/** Watch streams in, decisions out: keeps the snapshot, runs cycles when something changed, hands decisions to the writers. */
export class SchedulerLoop {
  readonly #options: SchedulerLoopOptions;
  readonly #snapshot = new Snapshot();
  /** Takes what the watches of pods, nodes, groups and queues show. */
  readonly cluster: ClusterFeed;
  /** The same for claims, volumes and their kin. */
  readonly storage: ClaimDesk['storage'];
  /** The same for devices and claims for them. */
  readonly devices: ClaimDesk['devices'];
  /** The same for priorities, namespaces, disruption budgets and quotas. */
  readonly rules: RulesFeed;
  /** The same for HyperNodes. */
  readonly topology: TopologyFeed;
  /** The same for Numatopologies. */
  readonly numa: NumaFeed;
  /** What admission is told of the nodes. */
  readonly told: KnownOfNodes;
  #policy: SchedulerPolicy;
  #scheduler: Scheduler;
  readonly #mirrors = new ClusterMirrors();
  readonly #listed = new Set<string>();
  readonly #checker: Checker;
  readonly #claims: ClaimDesk;
  readonly #groupWriter: GroupWriter;
  readonly #plans: PlanKeeper;
  readonly #binder: Binder;
  readonly #recovery: PlanRecovery;
  readonly #evictor: Evictor;
  readonly #refusals: RefusalWriter;
  readonly #rests: RestingGroups;
  readonly #spared: SparedPods;
  readonly #lookAgain: LookAgain;
  readonly #explainer: Explainer;
  readonly #desk: OutsideDesk;
  readonly #hints: PrefetchHints;
  readonly #queueWriter: QueueStatusWriter;
  readonly #turns: CycleTurns;
  readonly #repeats = new Repeats();
  #isLeading = false;
  #isRecovered = false;

  constructor(options: SchedulerLoopOptions) {
    this.#options = options;
    this.#scheduler = new Scheduler(this.#snapshot, options.policy);
    this.#turns = new CycleTurns(options.clock, () => this.#cycle());
    const { pods, nodes, groups, queues } = this.#mirrors;
    const pod = (uid: string): PodRecord | undefined => pods.get(uid);
    const group = (key: string): PodGroupRecord | undefined => groups.get(key);
    const queue = (name: string): QueueRecord | undefined => queues.get(name);
    const podsOf = (key: string): readonly PodRecord[] => this.#podsOf(key);
    const { facts } = this.#snapshot.volumes;
    const claim = (key: string): VolumeClaimRecord | undefined => facts.claims.get(key);
    const volume = (name: string): VolumeRecord | undefined => facts.volumes.get(name);
    this.#policy = options.policy;
    const { facts: classes } = this.#snapshot.claims;
    this.#checker = new Checker({ pod, group, podsOf, queue, claim, volume, classes, node: (name) => nodes.get(name) });
    const feeding = {
      ...options,
      snapshot: this.#snapshot,
      checker: this.#checker,
      seen: (kind: string, isNews: boolean) => this.#seen(kind, isNews),
    };
    this.#claims = new ClaimDesk({ ...feeding, pod, volumeTimeoutMs: () => volumeBindTimeoutMs(this.#policy) });
    this.storage = this.#claims.storage;
    this.devices = this.#claims.devices;
    this.told = new KnownOfNodes({
      nodes: () => (KINDS_TOLD.every((kind) => this.#listed.has(kind)) ? nodes.values() : undefined),
      devices: this.#snapshot.claims.facts,
      network: this.#snapshot.network,
    });
    this.rules = new RulesFeed({ ...feeding, mindsQuotas: () => namesPlugin(this.#policy, 'resourcequota') });
    this.topology = new TopologyFeed(feeding);
    this.numa = new NumaFeed(feeding);
    this.cluster = new ClusterFeed(this.#mirrors, {
      ...feeding,
      listeners: this.#listeners(),
      seenPatiently: () => this.#wake('wakePatiently'),
    });
    this.#groupWriter = new GroupWriter({ ...options, group });
    const shared = { ...options, checker: this.#checker, groups: this.#groupWriter, pod, group };
    this.#plans = new PlanKeeper({ ...shared, podsOf });
    this.#spared = new SparedPods({
      ...options,
      isThere: (uid) => pod(uid) !== undefined,
      onOver: () => this.#snapshot.waiting.size > 0 && this.#wake(),
    });
    this.#evictor = new Evictor({
      ...shared,
      forget: (uid) => this.#forget(uid),
      spare: (uid) => this.#spared.refused(uid),
    });
    this.#refusals = new RefusalWriter({ ...options, pod, group, snapshot: this.#snapshot });
    this.#lookAgain = new LookAgain(options.clock, () => this.#wake());
    this.#explainer = new Explainer({ group, explain: (key) => this.#scheduler.explain(key) });
    const { outside, outsideNodes, outsideVictims } = this.#snapshot;
    const rounds = [outsideNodes, outsideVictims];
    this.#desk = new OutsideDesk({ ...options, answers: outside, rounds, onAnswer: () => this.#wake() });
    this.#hints = new PrefetchHints({ ...options, snapshot: this.#snapshot, pod });
    this.#rests = new RestingGroups(options.clock, () => this.#wake());
    const troubles = new BindingTroubles({ ...options, rests: this.#rests, pod, group });
    this.#queueWriter = new QueueStatusWriter({ ...options, queue });
    this.#binder = new Binder({
      ...shared,
      plans: this.#plans,
      claims: this.#claims.binder,
      forget: (uid) => this.#forget(uid),
      gone: (uid) => this.#gone(uid),
      onStopped: (gang, reason, problem) => troubles.stopped(gang, reason, problem),
      onRefused: (key, refused, message) => troubles.refused(key, refused, message),
      onClaimsFailed: (key, binds, trouble) => troubles.claimsFailed(key, binds, trouble),
      onBound: (key) => this.#rests.forget(key),
    });
    this.#recovery = new PlanRecovery({
      ...shared,
      snapshot: this.#snapshot,
      plans: this.#plans,
      binder: this.#binder,
      podsOf,
    });
  }

  /** How busy nodes are was measured just now. */
  onNodeUsage(byNode: ReadonlyMap<string, NodeUsage>): void {
    this.#snapshot.usages.set(this.#options.clock.nowMs(), byNode);
    if (this.#snapshot.waiting.size > 0) this.#wake();
  }

  /** Every kind was listed once; nothing is decided before. */
  get synced(): boolean {
    return this.#listed.size === KINDS;
  }

  /** What its nodes have left; undefined unless this process leads, whose cycles alone see what is new. O(nodes x resources). */
  free(): ResourceAmounts | undefined {
    if (!this.#isLeading) return undefined;
    return freeRoom(this.#snapshot.nodes, this.#snapshot.resources);
  }

  /** What nodes would say to pods made from the template, were they empty; undefined unless this process leads and has decided. */
  tryPods(namespace: string, template: JsonObject, count: number): PodTrial | undefined {
    const pod = this.#isLeading ? trialPod(namespace, template) : undefined;
    return pod && this.#scheduler.tryPods(pod, count);
  }

  /** From the next cycle on another policy decides, over the same snapshot: what was decided so far goes its way. */
  setPolicy(policy: SchedulerPolicy): void {
    this.#policy = policy;
    this.#scheduler = new Scheduler(this.#snapshot, policy);
    this.#wake();
  }

  /** How cards are cut is known otherwise from the next cycle on. */
  learnGeometries(known: KnownGeometries): void {
    this.#snapshot.learnGeometries(known);
    this.#wake();
  }

  /** Why a group waits; after the cycle that is due, where one is. */
  explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    return this.#explainer.ask(question, this.#isLeading, this.#turns.isDue);
  }

  /** This process leads: take up open plans, then decide. */
  start(): void {
    this.#isLeading = true;
    this.#repeats.forget();
    this.#claims.binder.start();
    this.#snapshot.readPhases();
    this.#wake();
  }

  /** This process leads no more: no decision follows; writes in flight end by themselves. */
  stop(): void {
    this.#isLeading = false;
    this.#isRecovered = false;
    this.#turns.stop();
    this.#explainer.stop();
    this.#claims.binder.stop();
    this.#lookAgain.stop();
    this.#hints.stop();
    this.#groupWriter.stop();
    this.#refusals.stop();
    this.#rests.stop();
    this.#spared.stop();
    this.#queueWriter.stop();
  }

  #seen(kind: string, isNews: boolean): void {
    const isFirst = !this.#listed.has(kind);
    this.#listed.add(kind);
    if (isFirst || isNews) this.#wake();
  }

  #listeners(): ClusterListeners {
    return {
      podsChanged: () => this.#claims.binder.observe(),
      podGone: (uid) => this.#spared.forget(uid),
      nodesChanged: () => this.told.changed(),
      groupChanged: (key) => this.#rests.forget(key),
      groupGone: (key) => {
        this.#groupWriter.drop(key);
        this.#refusals.settled(key);
        this.#rests.forget(key);
      },
      queueGone: (name) => this.#options.metrics.drop('queue_name', name),
    };
  }

  #wake(how: 'wake' | 'wakePatiently' = 'wake'): void {
    if (this.#isLeading && this.synced) this.#turns[how]();
  }

  #cycle(): void {
    const { clock, leadership, isCurrent } = this.#options;
    if (!this.#isLeading) return;
    if (!leadership.isLeader() || !isCurrent()) {
      this.#turns.rest(UNFIT_REST_MS);
      this.#wake();
      return;
    }
    if (!this.#isRecovered) this.#recovery.run(this.#mirrors.groups.values());
    this.#isRecovered = true;
    const timer = new CycleTimer(clock, this.#options.metrics);
    const facts = { nowMs: clock.nowMs(), resting: this.#resting(), spared: this.#spared.uids };
    const decisions = this.#scheduler.cycle(facts, timer.onStep);
    this.#turns.rest(timer.end() * REST_FACTOR);
    for (const decision of this.#repeats.of(decisions, clock.monotonicMs())) this.#carryOut(decision);
    void this.#evictor.evict([...decisions.single()].filter((decision) => decision.kind === 'evict'));
    reportCycle(this.#options.metrics, this.#snapshot, decisions, clock.nowMs());
    this.#desk.serve();
    this.topology.tellTroubles();
    this.#lookAgain.set(this.#snapshot.waiting.size > 0, this.#scheduler.framework.nextWakeMs());
    this.#explainer.cycled();
    this.#refusals.cycled();
  }

  /** Who gets nothing in this cycle. */
  #resting(): ReadonlyMap<string, Refusal> {
    const growing = this.#options.growing.refusals((key) => this.#mirrors.groups.get(key)?.minMember);
    return growing.size === 0 ? this.#rests.resting : new Map([...this.#rests.resting, ...growing]);
  }

  #carryOut(decision: Decision): void {
    switch (decision.kind) {
      case 'gang':
        this.#refusals.settled(decision.group);
        void this.#binder.bind(decision);
        this.#hints.placed(decision);
        break;
      case 'status':
        this.#groupWriter.want(this.#options.words.status(decision, this.#snapshot.jobs.get(decision.group)));
        break;
      case 'refusal':
        this.#refusals.want(decision);
        this.#claims.refused(decision.uids);
        break;
      case 'queueStatus':
        this.#queueWriter.want(decision);
        break;
      // Together, since those of one group belong together.
      case 'evict':
      case 'pipeline':
        break;
      default:
        assertNever(decision);
    }
  }

  #podsOf(key: string): PodRecord[] {
    const tasks = this.#snapshot.jobs.get(key)?.tasks.values() ?? [];
    return [...tasks].map((task) => task.record);
  }

  #forget(uid: string): void {
    this.#snapshot.forget(uid);
    this.#turns.rest(FAILED_REST_MS);
    this.#wake();
  }

  /** A late word of it from the watch brings it back for a moment; its end takes it for good. */
  #gone(uid: string): void {
    this.#snapshot.removeTask(uid);
    this.#turns.rest(FAILED_REST_MS);
    this.#wake();
  }
}

/** Kinds that have to be listed before the first cycle. */
const KINDS = CLUSTER_KINDS + RULE_KINDS + STORAGE_KINDS + DEVICE_KINDS + TOPOLOGY_KINDS + NUMA_KINDS;
