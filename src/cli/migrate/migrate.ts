import { VOLCANO_NAMESPACE } from '../../api/volcano-release.ts';
import { stringAt } from '../../lib/json.ts';
import { atCluster } from '../cluster/at-cluster.ts';
import { userTarget } from '../cluster/cluster-access.ts';
import type { ClusterTarget } from '../cluster/cluster-access.ts';
import type { Read } from '../doctor/facts.ts';
import { diagnosisText } from '../doctor/diagnosis.ts';
import { exitCode } from '../doctor/finding.ts';
import { Look } from '../cluster/look.ts';
import { SetupError } from '../setup-error.ts';
import { BACKUP_NAME } from './backup.ts';
import { carryOut } from './carry-out.ts';
import { checkMigration } from './checks.ts';
import type { Installed } from './facts.ts';
import { observeLeases, whoLeads } from './leader.ts';
import { observe, observeInstalled } from './observe.ts';
import { inTheWay, stopping, undoing } from './plan.ts';
import type { State, Step } from './plan.ts';
import { releasesOf } from './release.ts';
import type { Release } from './release.ts';

/** The cluster, and what is wanted there: to look, to have Volcano stand aside, or to have it back. */
export interface MigrateOptions extends ClusterTarget {
  readonly check?: true;
  readonly undo?: true;
  readonly output: 'text' | 'json';
}

/** Has Volcano stand aside for Sluice, or come back; resolves with the exit code. */
export async function migrate(options: MigrateOptions): Promise<number> {
  try {
    if (options.check === true && options.undo === true) throw new SetupError('--check and --undo do not go together');
    return await atCluster(userTarget(options), ({ writer }, nowMs) => {
      const look = new Look(writer);
      return options.undo === true ? undo(look, options, nowMs) : checkAndStop(look, options);
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice migrate: ${error.message}`);
    return options.check === true ? NOT_LOOKED_AT : 1;
  }
}

const NOT_LOOKED_AT = 3;
/** Where Sluice runs when it was not started in Volcano's place. */
const SLUICE_NAMESPACE = 'sluice-system';

/** Changes nothing as long as something stands in the way, or could not be looked at. */
async function checkAndStop(look: Look, { check, output }: MigrateOptions): Promise<number> {
  const facts = await observe(look);
  const findings = checkMigration(facts);
  const code = exitCode(findings);
  const release = code === 0 ? releaseOf(facts) : undefined;
  const state = release && stateOf(release, facts);
  const next = release === undefined ? [] : nextCommands(release);
  if (check === true || release === undefined || state === undefined) {
    const steps = state === undefined ? [] : stopping(state).map(({ what }) => what);
    if (output === 'json') console.log(JSON.stringify({ findings, steps, next }, undefined, 2));
    else console.log([diagnosisText(findings), ...sentence('sluice migrate would', steps)].join('\n'));
    return code;
  }
  await told(look, release, output, stopping, next);
  return 0;
}

async function undo(look: Look, { output }: MigrateOptions, nowMs: number): Promise<number> {
  const installed = await observeInstalled(look);
  const release = releaseOf(installed);
  if (release === undefined || release.deployments.size === 0)
    throw new SetupError(`no Volcano is installed${leftText(installed)}`);
  const plan = (state: State): readonly Step[] => {
    // Its webhook configurations would lead to nobody.
    if (state.release.deployments.size === 0) throw new SetupError('Volcano is gone meanwhile');
    const [first] = inTheWay(state);
    if (first === undefined) return undoing(state);
    throw new SetupError(
      'Sluice serves in its place: stop sluice serve, and run sluice uninstall --compat volcano first',
    );
  };
  plan(stateOf(release, installed));
  const leads = whoLeads(await observeLeases(look, [release.namespace, SLUICE_NAMESPACE]), nowMs);
  if (leads !== '') throw new SetupError(leads);
  await told(look, release, output, plan, []);
  return 0;
}

async function told(
  look: Look,
  release: Release,
  output: MigrateOptions['output'],
  plan: (state: State) => readonly Step[],
  next: readonly string[],
): Promise<void> {
  const steps = await carryOut({
    plan: async () => plan(await lookAgain(look, release)),
    send: (request) => look.send(request),
    onDone: (what) => output === 'text' && console.log(`done: ${what}`),
  });
  if (output === 'json') console.log(JSON.stringify({ steps, next }, undefined, 2));
  else
    console.log([...(steps.length === 0 ? ['nothing is left to be done'] : []), ...sentence('next', next)].join('\n'));
}

/** Once all is set aside, nothing may be left to tell where Volcano was. */
async function lookAgain(look: Look, known: Release): Promise<State> {
  const installed = await observeInstalled(look, known);
  return stateOf(releaseOf(installed) ?? { ...known, deployments: new Map() }, installed);
}

/** Where what was set aside still is, for whoever has taken Volcano away meanwhile. */
function leftText({ backup }: Installed): string {
  const kept = value(backup);
  if (kept === undefined) return '';
  return `; what was set aside stays in ConfigMap ${stringAt(kept, ['metadata', 'namespace'])}/${BACKUP_NAME}`;
}

/** The only installation; undefined where there is none. */
function releaseOf({ deployments, configurations }: Installed): Release | undefined {
  const [release, ...more] = releasesOf(value(deployments), value(configurations));
  if (more.length > 0) throw new SetupError('Volcano is installed more than once');
  return release;
}

function stateOf(release: Release, { configurations, bindings, backup }: Installed): State {
  return { release, configurations: value(configurations), bindings: value(bindings), backup: value(backup) };
}

function value<T>(read: Read<T>): T {
  if (read.kind === 'unread') throw new SetupError(`the cluster cannot be looked at: ${read.why}`);
  return read.value;
}

/** No two schedulers may place the same pods: the old one's pods have to be gone. */
function nextCommands({ name, namespace }: Release): readonly string[] {
  const apps = 'volcano-scheduler,volcano-controller,volcano-admission';
  const own = namespace === VOLCANO_NAMESPACE ? '' : ` --namespace ${namespace}`;
  return [
    `kubectl -n ${namespace} wait --for=delete pod -l 'app in (${apps})' --timeout=120s`,
    `sluice serve --install --compat volcano --release ${name}${own}`,
  ];
}

function sentence(what: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${what}:`, ...lines.map((line) => `  ${line}`)];
}
