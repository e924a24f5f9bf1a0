import { customResourceDefinition } from '../../api/kinds/crd.ts';
import { VOLCANO_SCHEDULER } from '../../api/keys.ts';
import { KINDS } from '../../api/kinds/kinds.ts';
import { arrayAt, stringAt, textOf } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { note, overRead, well, wrong } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import type { ConfigurationFact } from '../doctor/facts.ts';
import type { MigrationFacts } from './facts.ts';
import { configurationsOf, formerReplicas, replicasOf } from './plan.ts';
import { volcanosBindings } from './policy-bindings.ts';
import { flagsOf, otherPrograms, releasesOf } from './release.ts';
import type { Component, Release } from './release.ts';
import { settingFindings } from './settings.ts';
import { isGoing, leftoverFindings, namespaceFindings, serverFindings, unfinishedFindings } from './half-done.ts';
import { queueFindings } from './queues.ts';
import { workFindings } from './work.ts';

const PARTS: readonly Component[] = ['scheduler', 'controllers', 'admission'];

/** Everything that is there, what changes, and what stands in the way. Pure. */
export function checkMigration(facts: MigrationFacts): readonly Finding[] {
  return overRead('volcano', facts.deployments, (deployments) => {
    const asking = facts.configurations.kind === 'read' ? facts.configurations.value : [];
    const [release, ...more] = releasesOf(deployments, asking);
    if (release === undefined)
      return [note('volcano', 'no Volcano is installed', 'nothing is to be migrated'), ...remainderFindings(facts)];
    if (more.length > 0) {
      const names = [release, ...more].map(({ namespace, name }) => `${namespace}/${name}`);
      return [wrong('volcano', `it is installed more than once: ${names.join(', ')}`, 'take away all but one of them')];
    }
    return [
      ...namespaceFindings(release, facts),
      ...partFindings(release),
      ...otherPrograms(deployments).map(otherFinding),
      ...nameFindings(release),
      ...flagFindings(release),
      ...overRead('settings', facts.configMaps, (all) => settingFindings(release, all)),
      ...webhookFindings(release, facts),
      ...overRead('policies', facts.bindings, (all) => policyFindings(release, all)),
      ...overRead('kinds', facts.definitions, kindFindings),
      ...queueFindings(facts),
      ...workFindings(namesOf(release), facts),
      ...unfinishedFindings(facts),
      well('lost', 'nothing: objects stay, and what is changed is kept for --undo'),
    ];
  });
}

function partFindings({ name, namespace, deployments }: Release): readonly Finding[] {
  return PARTS.map((part) => {
    const place = `${namespace}/${name}-${part}`;
    const found = deployments.get(part);
    if (found !== undefined && isGoing(found))
      return note('volcano', `${place} is being deleted: --undo cannot bring it back`, 'see what holds it');
    if (found === undefined)
      return note('volcano', `there is no Deployment ${place}`, 'nothing, unless it runs in another way: stop it then');
    const former = formerReplicas(found);
    const replicas = replicasOf(found);
    if (replicas > 0) return well('volcano', `${place} has ${replicas} replicas: it is scaled to 0`);
    return well('volcano', `${place} is at 0${former === '' ? '' : `, and was at ${former} before the migration`}`);
  });
}

function otherFinding(object: JsonObject): Finding {
  const place = `${stringAt(object, ['metadata', 'namespace'])}/${stringAt(object, ['metadata', 'name'])}`;
  return note('volcano', `${place} is left as it is`, 'see whether it still has something to do');
}

/** Of a Volcano that is gone, or of whose installation only the kinds went well. */
function remainderFindings(facts: MigrationFacts): readonly Finding[] {
  const { definitions } = facts;
  const isAny = definitions.kind === 'read' && definitions.value.some(isVolcanos);
  if (!isAny) return [];
  return [
    ...overRead('policies', facts.bindings, (all) => volcanosBindings(undefined, all).map(inForceFinding)),
    ...overRead('kinds', definitions, kindFindings),
    ...queueFindings(facts),
    ...workFindings([VOLCANO_SCHEDULER], facts),
    ...unfinishedFindings(facts),
  ];
}

function inForceFinding({ kind, object }: ConfigurationFact): Finding {
  const name = stringAt(object, ['metadata', 'name']);
  const message = `${kind} ${name} still puts ${stringAt(object, ['spec', 'policyName'])} of Volcano in force`;
  return note('policies', message, `kubectl delete ${kind.toLowerCase()} ${name}`);
}

function isVolcanos(definition: JsonObject): boolean {
  return stringAt(definition, ['spec', 'group']).endsWith('.volcano.sh');
}

/** Whom pods name to be placed by Volcano. */
function namesOf({ deployments }: Release): readonly string[] {
  const named = flagsOf(deployments.get('scheduler')).flatMap(([flag, value]) =>
    flag === 'scheduler-name' ? [value] : [],
  );
  return named.length === 0 ? [VOLCANO_SCHEDULER] : named;
}

function nameFindings(release: Release): readonly Finding[] {
  return namesOf(release).map((name) =>
    name === VOLCANO_SCHEDULER
      ? well('names', `pods that name the scheduler ${name} are placed by Sluice`)
      : wrong(
          'names',
          `Volcano places pods that name the scheduler ${name}: Sluice would not`,
          `have them name ${VOLCANO_SCHEDULER}, and take --scheduler-name=${name} from Volcano's scheduler`,
        ),
  );
}

/** Flags whose effect Sluice does not have, with the values that have none. */
const WITHOUT_COUNTERPART: ReadonlyMap<string, readonly string[]> = new Map([
  ['node-selector', ['']],
  ['default-queue', ['', 'default']],
  ['scheduler-sharding-mode', ['', 'none']],
  ['plugins-dir', ['']],
  ['ignored-provisioners', ['']],
  ['csi-storage', ['false']],
  ['feature-gates', ['']],
]);

function flagFindings({ deployments }: Release): readonly Finding[] {
  return [...deployments].flatMap(([part, object]) =>
    flagsOf(object).flatMap(([flag, value]) => {
      const usual = WITHOUT_COUNTERPART.get(flag);
      if (usual === undefined || usual.includes(value)) return [];
      const message = `--${flag}=${value} of the ${part} is not read by Sluice`;
      return [note('flags', message, 'see whether your work needs it')];
    }),
  );
}

function webhookFindings(release: Release, facts: MigrationFacts): readonly Finding[] {
  const { configurations, backup } = facts;
  return [
    ...serverFindings(release, facts),
    ...overRead('webhooks', configurations, (all) => {
      const theirs = configurationsOf({ release, configurations: all });
      const aside =
        theirs.length === 0
          ? 'no webhook configuration asks Volcano'
          : `${theirs.length} webhook configurations ask Volcano: they are set aside`;
      return [well('webhooks', aside), ...leftoverFindings(release, all)];
    }),
    ...overRead('webhooks', backup, () => []),
  ];
}

function policyFindings(release: Release, bindings: readonly ConfigurationFact[]): readonly Finding[] {
  return volcanosBindings(release, bindings).map(({ kind, object }) => {
    const place = `${kind} ${stringAt(object, ['metadata', 'name'])}`;
    const policy = stringAt(object, ['spec', 'policyName']);
    return well(
      'policies',
      `${place} puts ${policy} of Volcano in force: it is set aside, and the policy stays without it`,
    );
  });
}

/** What Sluice puts in the place of a definition has to know every version in which objects are stored. */
function kindFindings(definitions: readonly JsonObject[]): readonly Finding[] {
  const known = new Map(
    KINDS.map((kind) => customResourceDefinition(kind)).map((one) => [stringAt(one, ['metadata', 'name']), one]),
  );
  const volcanos = definitions.filter(isVolcanos);
  const findings = volcanos.flatMap((found) => {
    const name = stringAt(found, ['metadata', 'name']);
    if (isGoing(found))
      return [wrong('kinds', `${name} is being deleted, with all its objects`, `kubectl describe crd ${name}`)];
    const ours = known.get(name);
    if (ours === undefined) return [note('kinds', `${name} stays, and Sluice does nothing with it`, 'see who uses it')];
    const versions = arrayAt(ours, 'spec', 'versions').map((one) => stringAt(one, ['name']));
    const stored = arrayAt(found, 'status', 'storedVersions').map((one) => textOf(one));
    const foreign = stored.filter((one) => !versions.includes(one));
    if (foreign.length === 0) return [];
    const remedy = `rewrite its objects in ${versions.join(', ')}, and take the old versions from status.storedVersions`;
    return [
      wrong('kinds', `${name} has objects in the version ${foreign.join(', ')}, which Sluice does not serve`, remedy),
    ];
  });
  const names = volcanos.filter((one) => known.has(stringAt(one, ['metadata', 'name'])));
  return [well('kinds', `${names.length} kinds of Volcano stay, with their objects`), ...findings];
}
