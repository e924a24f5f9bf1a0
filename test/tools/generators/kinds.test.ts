import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { outputs } from '../../../tools/generators/kinds.ts';

describe('the generator of kinds', () => {
  it('makes a CRD, a validator with types and a page for each kind, fields of policies too, and the checkout holds them', async () => {
    const made = await outputs();
    expect([...made.keys()]).to.deep.equal(
      [
        'queue',
        'pod-group',
        'dataset',
        'workload-policy',
        'namespaced-workload-policy',
        'workload-kind',
        'vcjob',
        'command',
        'cron-vcjob',
        'hyper-node',
        'numatopology',
        'node-shard',
        'colocation-configuration',
        'jobtemplate',
        'jobflow',
      ].flatMap((file) => [
        `manifests/crds/${file}.yaml`,
        `src/api/generated/${file}-validator.js`,
        `src/api/generated/${file}-validator.d.ts`,
        `docs/reference/${file}.md`,
        ...(file.endsWith('workload-policy')
          ? [`src/api/generated/${file}-fields.js`, `src/api/generated/${file}-fields.d.ts`]
          : []),
      ]),
    );
    for (const [path, text] of made) {
      expect(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8'), path).to.equal(text);
    }
  });
});
