/**
 * Who asks for a review. What an object claims about itself, its owner most of all, is the client's to write; the name
 * of the user is the API server's.
 */

const KUBE_CONTROLLER_MANAGER = 'system:kube-controller-manager';
/** Service accounts of kube-system are the cluster's own; kube-controller-manager uses one for each controller. */
const SERVICE_ACCOUNT = 'system:serviceaccount:';
const KUBE_SYSTEM_ACCOUNTS = `${SERVICE_ACCOUNT}kube-system:`;
const DAEMON_SET_ACCOUNT = `${KUBE_SYSTEM_ACCOUNTS}daemon-set-controller`;
const NODE = 'system:node:';

/** True for a controller of the cluster itself: what it makes follows an object that was reviewed. */
export function isClusterController(username: string): boolean {
  return username === KUBE_CONTROLLER_MANAGER || username.startsWith(KUBE_SYSTEM_ACCOUNTS);
}

/** True for a program that runs in the cluster, whosever it is. */
export function isServiceAccount(username: string): boolean {
  return username.startsWith(SERVICE_ACCOUNT);
}

/**
 * True for a program that makes objects for those of others: a controller of the cluster, or an operator, which runs in another
 * namespace than what it looks after. An account of the same namespace is anybody's who may make pods there.
 */
export function isOperator(username: string, namespace: string): boolean {
  if (isClusterController(username)) return true;
  return isServiceAccount(username) && !username.startsWith(`${SERVICE_ACCOUNT}${namespace}:`);
}

/** True for the controller of DaemonSets, and for a controller manager that has one name for all. */
export function isDaemonSetController(username: string): boolean {
  return username === KUBE_CONTROLLER_MANAGER || username === DAEMON_SET_ACCOUNT;
}

/** True for a kubelet, which creates nothing but the mirror pods of its static pods. */
export function isKubelet(username: string): boolean {
  return username.startsWith(NODE);
}

const USER = 'request.userInfo.username';

/** CEL: the same as `isClusterController`. */
export const CLUSTER_CONTROLLER_EXPRESSION = `(${USER} == ${JSON.stringify(KUBE_CONTROLLER_MANAGER)} || ${USER}.startsWith(${JSON.stringify(KUBE_SYSTEM_ACCOUNTS)}))`;

/** CEL: the same as `isDaemonSetController`. */
export const DAEMON_SET_CONTROLLER_EXPRESSION = `${USER} in ${JSON.stringify([KUBE_CONTROLLER_MANAGER, DAEMON_SET_ACCOUNT])}`;
