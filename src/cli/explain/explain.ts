import type { Explanation } from '../../scheduler/explanation/explanation.ts';
import { atCluster } from '../cluster/at-cluster.ts';
import { userTarget } from '../cluster/cluster-access.ts';
import type { ClusterAccess } from '../cluster/cluster-access.ts';
import { findGroup, groupsOfOthers } from './explain-group.ts';
import type { ExplainOptions } from './explain-options.ts';
import { explanationText } from './explanation-text.ts';
import { askLeader } from './leader-question.ts';
import { SetupError } from '../setup-error.ts';

/** Prints why a group waits; resolves with the exit code, 1 when nothing can be said. */
export async function explain(options: ExplainOptions): Promise<number> {
  try {
    const { explanation, submitter } = await atCluster(userTarget(options.cluster), (access) => asked(access, options));
    const whole = submitter === '' ? explanation : { ...explanation, submitter };
    console.log(options.output === 'json' ? JSON.stringify(whole, undefined, 2) : explanationText(whole));
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice explain: ${error.message}`);
    return 1;
  }
}

async function asked(
  access: ClusterAccess,
  options: ExplainOptions,
): Promise<{ readonly explanation: Explanation; readonly submitter: string }> {
  const namespace = options.namespace ?? access.credentials.namespace;
  const { group, submitter } = await findGroup(access, namespace, options.target);
  const others = options.isWide ? await groupsOfOthers(access, namespace) : [];
  return { explanation: await askLeader(access, options.sluiceNamespace, { group, others }), submitter };
}
