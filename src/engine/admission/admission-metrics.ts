/** Reviews answered, by phase, resource, operation and decision (allowed, patched, denied, error, shed). */
export const REVIEWS_TOTAL = 'sluice_admission_reviews_total';
/** Faults of ours, by phase and cause; each was answered by the declared failure mode unless its effect was dropped. */
export const INTERNAL_ERRORS_TOTAL = 'sluice_admission_internal_errors_total';
/** Objects that a policy was for, by policy and enforcement; dry runs of whole requests are not counted. */
export const POLICY_HITS_TOTAL = 'sluice_workload_policy_hits_total';
/** Policies that cannot be read as they are written. */
export const POLICIES_UNREADABLE = 'sluice_workload_policy_unreadable';
/** Fields in which a policy yields to one that comes before it. */
export const POLICY_CONFLICTS = 'sluice_workload_policy_conflicts';
/** Last edit of each policy that is only tried, seconds since 1970. */
export const POLICY_DRY_RUN_SINCE_SECONDS = 'sluice_workload_policy_dry_run_since_seconds';
/** From the request's headers to its answer, in seconds, by phase. */
export const DURATION_SECONDS = 'sluice_admission_duration_seconds';
/** Size of review bodies in bytes, by phase. */
export const BODY_BYTES = 'sluice_admission_body_bytes';
/** Requests that were no review, by HTTP status. */
export const REFUSED_REQUESTS_TOTAL = 'sluice_admission_refused_requests_total';
/** Reviews or requests turned away because of load, by cause (in-flight, deadline, memory, large). */
export const SHED_TOTAL = 'sluice_admission_shed_total';
/** Broken connections, by layer (tls, http). */
export const CONNECTION_ERRORS_TOTAL = 'sluice_admission_connection_errors_total';
/** TLS handshakes; near the number of reviews means that keep-alive is lost. */
export const HANDSHAKES_TOTAL = 'sluice_admission_tls_handshakes_total';
/** Certificate swaps, by result (swapped, refused). */
export const CERTIFICATE_SWAPS_TOTAL = 'sluice_admission_certificate_swaps_total';
/** End of the served certificate's life, seconds since 1970. */
export const CERTIFICATE_NOT_AFTER_SECONDS = 'sluice_admission_certificate_not_after_seconds';

/** Upper bounds for the duration histogram: 0.25 ms to 10 s. */
export const DURATION_BUCKETS_SECONDS: readonly number[] = Object.freeze([
  0.000_25, 0.000_5, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]);
/** Upper bounds for the body histogram: 1 KiB to 8 MiB. */
export const BODY_BUCKETS_BYTES: readonly number[] = Object.freeze(
  [1, 2, 4, 8, 16, 32, 64, 256, 1024, 4096, 8192].map((kib) => kib * 1024),
);
