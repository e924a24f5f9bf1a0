import * as admission from '../engine/admission/admission-metrics.ts';
import * as certificates from '../engine/certificates/certificate-metrics.ts';

/** One metric that Sluice may record; anything that is not in the table is a bug. */
export interface MetricRow {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[];
  /** How the values of several threads become one, for gauges: each series lives in one thread, or the largest counts. */
  readonly merge?: 'sum' | 'max';
  /** Labels of series that are there from the start, as 0: Prometheus sees no increase in one that begins with 1. */
  readonly fromZero?: readonly Readonly<Record<string, string>>[];
}

/** 0.5 ms to 16 s. */
const MILLISECONDS = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];
const LANE = ['lane'];
const RESOURCE = ['resource'];
const REFLECTOR = ['resource', 'thread'];
const QUEUE = ['queue_name'];

function counter(
  name: string,
  labels: readonly string[],
  help: string,
  fromZero: MetricRow['fromZero'] = [],
): MetricRow {
  return { name, kind: 'counter', help, labels, fromZero };
}

function gauge(name: string, labels: readonly string[], help: string, merge: 'sum' | 'max' = 'sum'): MetricRow {
  return { name, kind: 'gauge', help, labels, merge };
}

function histogram(name: string, labels: readonly string[], help: string, buckets = MILLISECONDS): MetricRow {
  return { name, kind: 'histogram', help, labels, buckets };
}

/** Volcano's names where Sluice measures the same thing, so that its dashboards go on working. */
const VOLCANO: readonly MetricRow[] = [
  histogram(
    'volcano_e2e_scheduling_latency_milliseconds',
    [],
    'One scheduling cycle, from snapshot to the last decision.',
  ),
  histogram('volcano_e2e_job_scheduling_latency_milliseconds', [], 'From the creation of a group to its decision.'),
  histogram('volcano_open_session_duration_milliseconds', [], 'Opening a session: snapshot and plugins.'),
  histogram('volcano_action_scheduling_latency_milliseconds', ['action'], 'One action of a cycle.'),
  histogram(
    'volcano_task_scheduling_latency_milliseconds',
    ['stage'],
    'One stage of a pod: deciding, or binding until the answer.',
  ),
  counter(
    'volcano_schedule_attempts_total',
    ['result'],
    'Attempts to place a pod, by result: scheduled, unschedulable, error.',
  ),
  gauge('volcano_pod_preemption_victims', [], 'Pods that the last cycle which had any go for others told to go.'),
  gauge('volcano_unschedule_job_count', [], 'Groups that could not be placed in the last cycle.'),
  gauge('volcano_queue_allocated_milli_cpu', QUEUE, 'CPU held by the queue, in milli-CPU.'),
  gauge('volcano_queue_allocated_memory_bytes', QUEUE, 'Memory held by the queue, in bytes.'),
  gauge(
    'volcano_queue_allocated_scalar_resources',
    ['queue_name', 'resource'],
    'Other resources of nodes held by the queue.',
  ),
  gauge('volcano_queue_request_milli_cpu', QUEUE, 'CPU asked for in the queue, in milli-CPU.'),
  gauge('volcano_queue_request_memory_bytes', QUEUE, 'Memory asked for in the queue, in bytes.'),
  gauge(
    'volcano_queue_request_scalar_resources',
    ['queue_name', 'resource'],
    'Other resources of nodes asked for in the queue.',
  ),
  gauge('volcano_queue_deserved_milli_cpu', QUEUE, "CPU that is the queue's fair share, in milli-CPU."),
  gauge('volcano_queue_deserved_memory_bytes', QUEUE, "Memory that is the queue's fair share, in bytes."),
  gauge(
    'volcano_queue_deserved_scalar_resources',
    ['queue_name', 'resource'],
    "Other resources of the queue's fair share.",
  ),
  gauge('volcano_queue_capacity_milli_cpu', QUEUE, 'CPU that the queue may hold at most, in milli-CPU.'),
  gauge('volcano_queue_capacity_memory_bytes', QUEUE, 'Memory that the queue may hold at most, in bytes.'),
  gauge(
    'volcano_queue_capacity_scalar_resources',
    ['queue_name', 'resource'],
    'Other resources that the queue may hold at most.',
  ),
  gauge('volcano_queue_share', QUEUE, 'Held by the queue, relative to its fair share.'),
  gauge('volcano_queue_weight', QUEUE, 'Weight of the queue.'),
  gauge('volcano_queue_overused', QUEUE, '1 when the queue holds at least its fair share.'),
  ...['pending', 'inqueue', 'running', 'unknown', 'completed'].map((phase) =>
    gauge(`volcano_queue_pod_group_${phase}_count`, QUEUE, `Groups of the queue in the phase ${phase}.`),
  ),
];

const ADMISSION: readonly MetricRow[] = [
  counter(
    admission.REVIEWS_TOTAL,
    ['phase', 'resource', 'operation', 'decision'],
    'Reviews answered, by decision: allowed, patched, denied, error, shed.',
  ),
  counter(
    admission.POLICY_HITS_TOTAL,
    ['policy', 'enforcement'],
    'Objects that a policy was for, by policy and enforcement. What is only asked (a dry run of the client) or refused is not counted.',
  ),
  gauge(
    admission.POLICIES_UNREADABLE,
    [],
    'Policies that cannot be read as they are written; their last form that could be is in force.',
  ),
  gauge(admission.POLICY_CONFLICTS, [], 'Fields in which a policy yields to one that comes before it.'),
  gauge(
    admission.POLICY_DRY_RUN_SINCE_SECONDS,
    ['policy'],
    'Last edit of each policy with enforcement DryRun, seconds since 1970: `time()` less this is how long it has only been tried.',
  ),
  counter(
    admission.INTERNAL_ERRORS_TOTAL,
    ['phase', 'cause'],
    'Faults of Sluice while it answered a review.',
    ['mutate', 'validate'].flatMap((phase) => ['fault', 'misplaced-patch'].map((cause) => ({ phase, cause }))),
  ),
  histogram(admission.DURATION_SECONDS, ['phase'], 'From the headers of a review to its answer.', [
    ...admission.DURATION_BUCKETS_SECONDS,
  ]),
  histogram(admission.BODY_BYTES, ['phase'], 'Size of review bodies.', [...admission.BODY_BUCKETS_BYTES]),
  counter(admission.REFUSED_REQUESTS_TOTAL, ['status'], 'Requests that were no review, by HTTP status.'),
  counter(
    admission.SHED_TOTAL,
    ['cause'],
    'Reviews turned away because of load, by cause: in-flight, deadline, memory, large.',
    ['in-flight', 'deadline', 'memory', 'large'].map((cause) => ({ cause })),
  ),
  counter(admission.CONNECTION_ERRORS_TOTAL, ['layer'], 'Broken connections, by layer: tls, http.'),
  counter(admission.HANDSHAKES_TOTAL, [], 'TLS handshakes; near the number of reviews means that keep-alive is lost.'),
  counter(admission.CERTIFICATE_SWAPS_TOTAL, ['result'], 'Swaps of the serving certificate: swapped, refused.'),
  gauge(
    admission.CERTIFICATE_NOT_AFTER_SECONDS,
    [],
    "End of the serving certificate's life, seconds since 1970.",
    'max',
  ),
  gauge(
    certificates.AUTHORITY_NOT_AFTER_SECONDS,
    [],
    "End of the signing authority's life, seconds since 1970, of the built-in authority.",
  ),
  gauge(
    certificates.ROTATION_PHASE_SERIES,
    ['phase'],
    'Phase of the rotation of the authority: 1 for the one it is in, of Steady, Prepare, Switch, Confirm, Retire.',
  ),
  gauge(certificates.ROTATION_SINCE_SECONDS, [], 'Begin of that phase, seconds since 1970; 0 while steady.'),
  counter(certificates.CERTIFICATE_LOOKS_TOTAL, ['result'], 'Looks at the certificates, by result: ready, failed.', [
    { result: 'failed' },
  ]),
  gauge(certificates.CLOCK_SKEW_SECONDS, [], "How far this clock is ahead of the API server's, in seconds."),
];

const CLUSTER: readonly MetricRow[] = [
  counter('sluice_reflector_events_total', ['resource', 'type'], 'Watch events read, by type.'),
  counter('sluice_reflector_bytes_total', RESOURCE, 'Bytes of lists and watches read.'),
  counter(
    'sluice_reflector_lists_total',
    ['resource', 'cause'],
    'Complete lists, by cause: start, status410, mismatch and so on.',
  ),
  counter(
    'sluice_reflector_ends_total',
    ['resource', 'cause'],
    'Ends of lists and watches, by cause: closed, network, idle, corrupt, tooLong, status429 and so on.',
  ),
  counter(
    'sluice_reflector_stale_drops_total',
    ['resource', 'kind'],
    'Events not newer than what is held: older, or the same again (mostly own writes).',
  ),
  counter('sluice_reflector_decode_errors_total', RESOURCE, 'Watches broken off because an event could not be read.'),
  counter('sluice_reflector_malformed_objects_total', RESOURCE, 'Objects that could not be made a record of.'),
  gauge('sluice_reflector_objects', REFLECTOR, 'Objects held.'),
  gauge('sluice_reflector_synced', REFLECTOR, '1 once the first list is handed over and reading is allowed.'),
  gauge('sluice_reflector_last_event_age_seconds', REFLECTOR, 'Time since the last event, bookmark or list.', 'max'),
  histogram('sluice_reflector_handler_lag_milliseconds', RESOURCE, 'Wait of a change between parsing and handling.'),
  counter(
    'sluice_reflector_self_checks_total',
    ['resource', 'result'],
    'Comparisons with a fresh list: equal, mismatch, undecided.',
  ),
  counter('sluice_reflector_mismatches_total', RESOURCE, 'Objects that differed in a comparison; must stay 0.'),
  counter(
    'sluice_workload_kind_troubles_total',
    RESOURCE,
    'Times that the objects of a workload kind could not be read for some seconds; named with its group.',
  ),
  counter(
    'sluice_writes_total',
    ['lane', 'verb', 'resource', 'outcome'],
    'Writes and single reads, by outcome: done, conflict, notFound, refused, throttled, unknown, notLeader.',
  ),
  histogram('sluice_write_latency_milliseconds', LANE, 'From sending a write to its outcome.'),
  gauge('sluice_writes_waiting', LANE, 'Writes that wait for a connection.'),
  gauge('sluice_writes_in_flight', LANE, 'Writes that wait for their answer.'),
  counter(
    'sluice_events_total',
    ['reason', 'outcome'],
    'Events recorded, by outcome of the write, or repeated when there was nothing new to say.',
  ),
  gauge('sluice_leader', [], '1 while this process holds the lease.', 'max'),
  counter('sluice_leader_terms_total', [], 'Times that this process became the leader.'),
  counter('sluice_lease_failures_total', ['outcome'], 'Attempts to take or renew the lease that failed, by outcome.'),
  counter(
    'sluice_checker_refusals_total',
    [],
    'Decisions that the invariant checker stopped before they were written; must stay 0.',
    [{}],
  ),
  gauge(
    'sluice_scheduler_configuration_hash',
    [],
    'The scheduler configuration in force, as a number made of its text; 0 is the default one.',
  ),
  gauge(
    'sluice_scheduler_configuration_since_seconds',
    [],
    'When the scheduler configuration in force was applied, seconds since 1970.',
  ),
  gauge(
    'sluice_scheduler_configuration_current',
    [],
    '1 when the configuration in force is what its source says now; 0 when that is refused or gone.',
  ),
  counter(
    'sluice_scheduler_configuration_changes_total',
    ['result'],
    'Changes of the source of the scheduler configuration, by result: applied, refused, absent.',
    [{ result: 'refused' }],
  ),
  counter(
    'sluice_extender_calls_total',
    ['result'],
    'Questions to the program that the plugin extender names, by result: answered, failed.',
  ),
  counter(
    'sluice_node_usage_readings_total',
    ['result'],
    'Questions to the source of measurements of nodes, by result: usage, failed.',
  ),
  counter(
    'sluice_evictions_total',
    ['reason', 'queue_name'],
    'Pods that were evicted for others, by the reason that they were told and their queue.',
  ),
  counter(
    'sluice_eviction_refusals_total',
    ['cause'],
    'Evictions that did not happen, by cause: budget (a disruption budget), refused, unknown, notLeader.',
  ),
  counter(
    'sluice_partial_evictions_total',
    [],
    'Gangs of which some pods were evicted and others could not be, at first.',
  ),
  counter(
    'sluice_controller_reconciles_total',
    ['controller', 'result'],
    'Runs of a controller for one object, by result.',
  ),
  counter('sluice_controller_events_total', ['reason'], 'Events that controllers asked for.'),
];

/** Every metric, sorted as docs/metrics.md shows them. */
export const METRIC_TABLE: readonly MetricRow[] = Object.freeze([...VOLCANO, ...ADMISSION, ...CLUSTER]);
