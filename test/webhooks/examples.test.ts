import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { created, planOn, view } from './fixture.ts';

const FOLDER = new URL('../../examples/quickstart/', import.meta.url);

async function objects(): Promise<ReadonlyMap<string, JsonObject>> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml')).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, FOLDER), 'utf8')));
  const all = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as JsonObject));
  return new Map(
    all.map((object) => [`${stringAt(object, ['kind'])}/${stringAt(object, ['metadata', 'name'])}`, object]),
  );
}

describe('the examples of the quick start', () => {
  it('never name anything of ours but the opt-in and the number of executors', async () => {
    for (const [name, object] of await objects()) {
      const found = JSON.stringify(object).match(/[a-z.]*(sluice|volcano)[a-z./-]*/g) ?? [];
      const want = {
        'Namespace/team-a': ['sluice.dev/admission'],
        'Pod/spark-pi-driver': ['sluice.dev/spark-min-executors'],
      };
      expect(found, name).to.deep.equal(Object.hasOwn(want, name) ? want[name as keyof typeof want] : []);
    }
  });

  const gangs: readonly (readonly [string, number, string])[] = [
    ['Job/train', 8, '8'],
    ['Job/large-one', 6, '30'],
    ['Job/large-two', 6, '30'],
  ];
  for (const [name, members, gpus] of gangs) {
    it(`plan ${name} as a gang of ${members} with ${gpus} GPUs`, async () => {
      const plan = planOn(created(mutateJob, (await objects()).get(name) ?? {}));
      expect(plan.tasks).to.deep.equal([{ name: 'worker', min: members, stage: 0 }]);
      expect(plan.minResources).to.deep.include({ 'nvidia.com/gpu': gpus });
    });
  }

  it('bring the Spark executors into the group of their driver', async () => {
    const all = await objects();
    const driver = created(mutatePod, all.get('Pod/spark-pi-driver') ?? {});
    const { group, tasks } = planOn(driver);
    expect(tasks).to.deep.equal([
      { name: 'driver', min: 1, stage: 0 },
      { name: 'executor', min: 2, stage: 1 },
    ]);
    const known = view({
      groups: [{ namespace: 'team-a', name: group, queue: 'default', ownerUid: 'd', tasks: new Map([['driver', 1]]) }],
    });
    for (const name of ['Pod/spark-pi-exec-1', 'Pod/spark-pi-exec-2']) {
      const executor = created(mutatePod, all.get(name) ?? {}, known);
      expect(stringAt(executor, ['metadata', 'annotations', 'scheduling.k8s.io/group-name'])).to.equal(group);
      expect(stringAt(executor, ['metadata', 'annotations', 'sluice.dev/group-plan'])).to.equal('');
    }
  });
});
