import { expect } from 'chai';
import { POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { isSame } from '../../../src/lib/same.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import type { History } from './history.ts';
import { applied } from './manifest.ts';
import { ASKED, groupOf, workload } from './ordinary-workloads.ts';

/** Where the cases are played. */
interface Stage {
  readonly plane: ControlPlane;
  readonly history: History;
}

/** Cases of the objects of Kubernetes whose pods name volcano, in a namespace that nobody opted in. */
export function itServesWorkloads(team: string, world: () => Stage): void {
  for (const [apiVersion, kind] of [
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['v1', 'ReplicationController'],
    ['batch/v1', 'Job'],
  ] as const) {
    it(`places the pods of a ${kind} that names volcano`, async () => {
      const app = kind.toLowerCase();
      await applied(world().plane, workload(team, [apiVersion, kind], app));
      const bound = await world().history.until(`a pod of the ${kind} is placed`, () =>
        world()
          .history.all(PODS)
          .find((each) => {
            const isOf = stringAt(each, ['metadata', 'labels', 'app']) === app;
            return isOf && stringAt(each, ['spec', 'nodeName']) !== '';
          }),
      );
      expect(stringAt(bound, ['spec', 'schedulerName'])).to.equal('volcano');
      const owner = stringAt(arrayAt(bound, 'metadata', 'ownerReferences')[0], ['uid']);
      expect(groupOf(bound)).to.equal(`podgroup-${owner}`);
      const group = world().history.get(POD_GROUPS, `${team}/podgroup-${owner}`);
      expect(memberAt(group, 'spec', 'minMember')).to.equal(1);
      // Its pod may be seen before the object that has the annotations.
      await world().history.until(`the group of the ${kind} has, and asks for, what its annotations say`, () => {
        const now = world().history.get(POD_GROUPS, `${team}/podgroup-${owner}`);
        const { minResources, networkTopology } = objectAt(now, 'spec');
        const isKept = stringAt(now, ['metadata', 'annotations', 'volcano.sh/preemptable']) === 'false';
        return (isKept && isSame({ minResources, networkTopology }, ASKED)) || undefined;
      });
      if (kind !== 'Job') return;
      await world().history.until('its group is completed', () => {
        const found = world().history.get(POD_GROUPS, `${team}/podgroup-${owner}`);
        return stringAt(found, ['status', 'phase']) === 'Completed' || undefined;
      });
    });
  }

  it('moves the group of a StatefulSet to the queue that its template names', async () => {
    await applied(world().plane, {
      apiVersion: 'scheduling.volcano.sh/v1beta1',
      kind: 'Queue',
      metadata: { name: 'elsewhere' },
    });
    const annotations = { 'scheduling.volcano.sh/queue-name': 'elsewhere' };
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    expect((await world().plane.kubectl(['-n', team, 'patch', 'sts', 'statefulset', '-p', patch])).code).to.equal(0);
    await world().history.until('its group is there', () =>
      world()
        .history.all(POD_GROUPS)
        .find((each) => {
          const isOf = stringAt(arrayAt(each, 'metadata', 'ownerReferences')[0], ['kind']) === 'StatefulSet';
          return isOf && stringAt(each, ['spec', 'queue']) === 'elsewhere';
        }),
    );
  });

  it('makes the groups of a Deployment follow it', async () => {
    const name = 'deployment';
    const key = 'scheduling.volcano.sh/group-min-member';
    const running = (): readonly JsonObject[] =>
      world()
        .history.all(PODS)
        .filter((each) => {
          const isOf = stringAt(each, ['metadata', 'labels', 'app']) === name;
          return isOf && stringAt(each, ['status', 'phase']) === 'Running';
        });
    const groups = (): readonly JsonObject[] =>
      world()
        .history.all(POD_GROUPS)
        .filter((each) => {
          return stringAt(arrayAt(each, 'metadata', 'ownerReferences')[0], ['name']).startsWith(`${name}-`);
        });
    const patch = async (body: object): Promise<void> => {
      const { code, stderr } = await world().plane.kubectl([
        '-n',
        team,
        'patch',
        kind,
        name,
        '-p',
        JSON.stringify(body),
      ]);
      expect(code, stderr).to.equal(0);
    };
    const kind = 'deployment';
    await patch({ metadata: { annotations: { [key]: '3' } }, spec: { replicas: 3 } });
    const before = await world().history.until('it asks for three', () =>
      groups().find((each) => memberAt(each, 'spec', 'minMember') === 3 && running().length === 3),
    );
    // The new pods do not wait for the room of three.
    await patch({ spec: { template: { metadata: { annotations: { again: 'yes' } } } } });
    await world().history.until('it was rolled out', () => {
      const isNew = running().every((each) => groupOf(each) !== stringAt(before, ['metadata', 'name']));
      return (running().length === 3 && isNew && groups().length === 1) || undefined;
    });
    await patch({ spec: { replicas: 0 } });
    await world().history.until('its groups are gone', () => groups().length === 0 || undefined);
  });
}
