import type { AccessRole } from '../../src/api/access.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import { rolesOf } from '../../tools/deploy/rights.ts';
import { ACCOUNTS } from '../e2e/support/accounts/installation.ts';
import type { AskedRequest } from '../e2e/support/deploy/audit-log.ts';
import { rightsOf } from '../e2e/support/deploy/unused-rights.ts';

/** What Sluice's accounts asked for, and whether they may do more or less than that. */
export interface RightsUsage {
  /** Requests of each account, or of the user to whom tests gave its rights. */
  readonly asked: ReadonlyMap<string, number>;
  /** What was denied, each once: the account, the right and why. */
  readonly denied: readonly string[];
  /** Writes of the account that answers reviews, but for the question who may do what. */
  readonly writesOfReader: readonly string[];
  /** `role: right` that no request took. */
  readonly unused: readonly string[];
}

const USER = /^(?:sluice|system:serviceaccount:(?:sluice|volcano)-system:(sluice(?:-webhook)?))$/;
const PROGRAM = 'sluice';
const READER = 'sluice-webhook';
/**
 * Objects are read by streams: lists are for API servers without them, and for the comparison with a fresh one every ten minutes.
 * `finalizers` is nobody's request: admission asks for it where an owner is to wait for what it owns, and likewise for `binding` where
 * the status of a claim is written.
 */
const UNTRIED = /^list |\/finalizers$| resourceclaims\.\S+\/binding$/;
/** Questions: nothing of them is stored. */
const QUESTION = /^create (self)?subject\S*reviews?\./;
const READS = /^(get|list|watch) /;
const TAKES_RIGHTS_AWAY = /^delete \S+\.rbac\.authorization\.k8s\.io$/;

/** Of all requests that the audit logs hold, one list for each API server. */
export function usageOf(logs: readonly (readonly AskedRequest[])[]): RightsUsage {
  const own = logs.flatMap(ownRequests);
  const byAccount = Map.groupBy(own, ({ user }) => USER.exec(user)?.[1] ?? user);
  const ofReader = (byAccount.get(READER) ?? []).map(({ right }) => right);
  return {
    asked: new Map([...byAccount].map(([account, all]) => [account, all.length])),
    denied: distinct(
      own.filter(({ isDenied }) => isDenied).map(({ user, right, message }) => `${user}: ${right}: ${message}`),
    ),
    writesOfReader: distinct(ofReader.filter((right) => !READS.test(right) && !QUESTION.test(right))),
    unused: ACCOUNTS.flatMap((account) => {
      const taken = new Set((byAccount.get(account) ?? []).map(({ right }) => right));
      return rolesOf(account, 'built-in').flatMap((role) => unusedOf(role, taken));
    }),
  };
}

/** Those of Sluice's own processes, for tests ask in the name of an account, too; until rights are taken away. */
function ownRequests(log: readonly AskedRequest[]): readonly AskedRequest[] {
  const end = log.findIndex(({ right, name }) => TAKES_RIGHTS_AWAY.test(right) && name.startsWith('sluice'));
  return log.slice(0, end < 0 ? log.length : end).filter(({ user, program }) => USER.test(user) && program === PROGRAM);
}

function unusedOf(role: AccessRole, taken: ReadonlySet<string>): readonly string[] {
  const rights = distinct(accessOf(role).flatMap(rightsOf));
  return rights.filter((right) => !taken.has(right) && !UNTRIED.test(right)).map((right) => `${role}: ${right}`);
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
