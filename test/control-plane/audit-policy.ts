import { stringify } from 'yaml';

/**
 * What the API server's audit log keeps: `writes` has one line for each write, without bodies (for counting);
 * `objects` has the bodies too for pods, their bindings and pod groups (for checking what happened when); `requests` has one
 * line for everything that a service account asks, or the user to whom tests give Sluice's rights (for checking rights).
 */
export type AuditDetail = 'writes' | 'objects' | 'requests';

const READS = ['get', 'list', 'watch'];
const WITH_BODIES = [
  { group: '', resources: ['pods', 'pods/binding', 'pods/eviction', 'pods/status', 'bindings'] },
  { group: 'scheduling.volcano.sh', resources: ['podgroups', 'podgroups/status'] },
];

const OF_ACCOUNTS = [
  { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
  { level: 'Metadata', users: ['sluice'] },
  // What is denied from then on says nothing.
  { level: 'Metadata', verbs: ['delete'], resources: [{ group: 'rbac.authorization.k8s.io' }] },
  { level: 'None' },
];

/** The content of kube-apiserver's --audit-policy-file. */
export function auditPolicy(detail: AuditDetail): string {
  const rules = detail === 'requests' ? OF_ACCOUNTS : changes(detail);
  return stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules });
}

function changes(detail: AuditDetail): readonly object[] {
  return [
    { level: 'None', verbs: READS },
    // The response too, because a generated name and a UID stand only there.
    ...(detail === 'objects' ? [{ level: 'RequestResponse', resources: WITH_BODIES }] : []),
    { level: 'Metadata' },
  ];
}
