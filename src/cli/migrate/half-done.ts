import { volcanoRelease } from '../../api/volcano-release.ts';
import { arrayAt, memberAt, stringAt, textOf } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ConfigurationFact } from '../doctor/facts.ts';
import { note, overRead, wrong } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import type { MigrationFacts } from './facts.ts';
import { configurationsOf } from './plan.ts';
import { askedIn } from './release.ts';
import type { Release } from './release.ts';

/** Somebody has told it to go, and somebody else holds it. */
export function isGoing(object: JsonObject): boolean {
  return memberAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

/** What is set aside is kept in the namespace of Volcano, so that has to take it. */
export function namespaceFindings({ namespace }: Release, facts: MigrationFacts): readonly Finding[] {
  return overRead('namespace', facts.namespace, (found) => {
    if (found === undefined) {
      const remedy = `kubectl create namespace ${namespace}, or remove Volcano's webhook configurations by hand`;
      return [wrong('namespace', `${namespace} is gone: what is set aside cannot be kept there`, remedy)];
    }
    if (!isGoing(found)) return [];
    const remedy = `kubectl get namespace ${namespace} -o yaml says what it waits for; once it is gone, create it anew`;
    return [wrong('namespace', `${namespace} is being deleted: what is set aside cannot be kept there`, remedy)];
  });
}

/** What Volcano's server of webhooks lacks. Sluice needs none of it; until it serves, others may be refused for it. */
export function serverFindings(release: Release, facts: MigrationFacts): readonly Finding[] {
  const { admissionService, admissionSecret } = volcanoRelease(release.name);
  const { configurations } = facts;
  const isAsked =
    configurations.kind === 'read' && configurationsOf({ release, configurations: configurations.value }).length > 0;
  const missing = (kind: string, name: string, so: string, remedy: string) => (found: JsonObject | undefined) =>
    found === undefined ? [note('webhooks', `${kind} ${release.namespace}/${name} is not there: ${so}`, remedy)] : [];
  return [
    ...overRead(
      'webhooks',
      facts.service,
      isAsked
        ? missing(
            'Service',
            admissionService,
            'what Volcano is asked about is refused',
            'nothing: nobody asks it any more afterwards',
          )
        : () => [],
    ),
    ...overRead(
      'webhooks',
      facts.secret,
      release.deployments.has('admission')
        ? missing(
            'Secret',
            admissionSecret,
            "Volcano's webhooks cannot start",
            'nothing, unless you come back by --undo',
          )
        : () => [],
    ),
  ];
}

/** Configurations of another installation, which is gone: what they judge is refused, and nobody sets them aside. */
export function leftoverFindings({ name, namespace }: Release, all: readonly ConfigurationFact[]): readonly Finding[] {
  return all.flatMap(({ kind, object }) => {
    const [other] = askedIn(object).filter((one) => one.release !== name || one.namespace !== namespace);
    if (other === undefined) return [];
    const place = `${other.namespace}/${volcanoRelease(other.release).admissionService}`;
    const title = stringAt(object, ['metadata', 'name']);
    const message = `${kind} ${title} asks ${place}, of another installation: what it judges is refused where that is gone`;
    return [wrong('webhooks', message, `kubectl delete ${kind.toLowerCase()} ${title}`)];
  });
}

/** Those that Kubernetes itself takes away. */
const SETTLED_BY_ITSELF = new Set(['foregroundDeletion', 'orphan']);
const MOST_NAMED = 3;

/** Objects that are being deleted and wait for finalizers, which Sluice sets on none of them and takes from none. */
export function unfinishedFindings({ queues, groups, jobs }: MigrationFacts): readonly Finding[] {
  return (
    [
      ['queues', queues],
      ['groups', groups],
      ['Jobs of Volcano', jobs],
    ] as const
  ).flatMap(([what, read]) => {
    const held = read.kind === 'read' ? read.value.filter((one) => isGoing(one) && heldBy(one).length > 0) : [];
    if (held.length === 0) return [];
    const holders = new Set(held.flatMap(heldBy));
    const named = held.slice(0, MOST_NAMED).map(placeOf);
    const more = held.length > MOST_NAMED ? `, and ${held.length - MOST_NAMED} more` : '';
    const message = `${held.length} ${what} are being deleted and wait for ${[...holders].join(', ')}: ${named.join(', ')}${more}`;
    return [note('work', message, 'whoever set these finalizers has to take them away')];
  });
}

function heldBy(object: JsonObject): readonly string[] {
  return arrayAt(object, 'metadata', 'finalizers')
    .map(textOf)
    .filter((name) => !SETTLED_BY_ITSELF.has(name));
}

function placeOf(object: JsonObject): string {
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const name = stringAt(object, ['metadata', 'name']);
  return namespace === '' ? name : `${namespace}/${name}`;
}
