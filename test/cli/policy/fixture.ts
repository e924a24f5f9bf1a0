import type { ObjectReport } from '../../../src/cli/policy/finding.ts';
import { parseManifests } from '../../../src/cli/policy/read-manifests.ts';
import { readBook } from '../../../src/cli/policy/policy-book.ts';
import type { PolicyBook } from '../../../src/cli/policy/policy-book.ts';
import type { OfflineWorld } from '../../../src/cli/policy/report-object.ts';
import { reportObject } from '../../../src/cli/policy/report-object.ts';
import { offlineKinds } from '../../../src/cli/policy/offline-rows.ts';
import { WORKLOAD_KINDS } from '../../../src/api/resources.ts';
import { isContext, isOf, isReviewed } from '../../../src/cli/policy/sorts.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

/** One text with policies, what they look up, and objects, as the commands read it. */
export interface Scene {
  readonly book: PolicyBook;
  readonly world: OfflineWorld;
  readonly objects: readonly JsonObject[];
  /** What becomes of each object, in order. */
  reports(): Promise<readonly ObjectReport[]>;
}

export function scene(text: string, user: OfflineWorld['user'] = { name: 'bob', groups: ['dev'] }): Scene {
  const { manifests, mistakes } = parseManifests(text, 'scene.yaml');
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
  const book = readBook(manifests);
  const context = manifests.map(({ object }) => object).filter(isContext);
  const world: OfflineWorld = {
    context,
    policies: book.entries,
    user,
    kinds: offlineKinds(context.filter((one) => isOf(one, WORKLOAD_KINDS))),
  };
  const reviewed = manifests.filter(({ object }) => isReviewed(object));
  return {
    book,
    world,
    objects: reviewed.map(({ object }) => object),
    async reports() {
      const reports: ObjectReport[] = [];
      for (const manifest of reviewed) reports.push(await reportObject(manifest, world));
      return reports;
    },
  };
}

/** A policy as YAML; `spec` in flow style. */
export function policyText(name: string, spec: string, namespace = ''): string {
  const kind = namespace === '' ? 'WorkloadPolicy' : 'NamespacedWorkloadPolicy';
  const where = namespace === '' ? '' : `, namespace: ${namespace}`;
  return `---\napiVersion: sluice.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${where}}\nspec: ${spec}\n`;
}

/** A Job as YAML, with labels of its pods in flow style. */
export function jobText(name: string, labels = '{}', more = ''): string {
  return `---
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, namespace: team-a${more}}
spec:
  template:
    metadata: {labels: ${labels}}
    spec: {restartPolicy: Never, containers: [{name: c, image: i}]}
`;
}

export const QUEUE_TEXT = `---\napiVersion: scheduling.volcano.sh/v1beta1\nkind: Queue\nmetadata: {name: blue}\nspec: {weight: 1}\n`;
