const LEASE = 'a Lease that somebody deleted: installations come with one';
const LATE = 'asked where a view is late, or lacks what made a pod';

/** `role: right` for what no end-to-end test plays, or plays by chance; each with what it is for. */
export const UNPLAYED: ReadonlyMap<string, string> = new Map([
  ['scheduler: create leases.coordination.k8s.io', LEASE],
  ['controllers: create leases.coordination.k8s.io', LEASE],
  [
    'scheduler: delete resourceclaims.resource.k8s.io',
    'a claim that was made for a pod which is bound without it after all',
  ],
  [
    'controllers: delete resourceclaimtemplates.resource.k8s.io',
    'a template that no pod has used for longer than a test lasts',
  ],
  ['webhook: get queues.scheduling.volcano.sh', LATE],
  ['webhook: get jobs.batch', LATE],
  ['webhook: get cronjobs.batch', LATE],
  ['webhook: get statefulsets.apps', LATE],
  ['webhook: get replicationcontrollers', LATE],
]);
