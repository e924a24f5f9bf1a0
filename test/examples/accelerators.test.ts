import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmitFn } from '../../webhooks/admission.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { created, view } from '../webhooks/fixture.ts';
import { inventory, kind, nvidia } from '../webhooks/accelerators/nodes.ts';

const FOLDER = 'examples/accelerators';
const CLUSTER = view({
  devices: inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559), kind({ 'nvidia.com/mig-1g.10gb': 7 })),
});

const RULES: Readonly<Record<string, readonly [AdmitFn, readonly string[]]>> = {
  Job: [mutateJob, ['spec', 'template']],
  Deployment: [mutateWorkload, ['spec', 'template']],
  Pod: [mutatePod, []],
};

const ASKS: Readonly<Record<string, readonly object[]>> = {
  'any-gpu.yaml': [{ 'nvidia.com/gpu': '8' }],
  'slice.yaml': [{ 'nvidia.com/mig-1g.10gb': '1' }],
  'one-of-two.yaml': [{}, { 'nvidia.com/gpu': '2' }],
};

describe('examples of accelerators', () => {
  it('are all here', () => {
    expect(readdirSync(FOLDER).toSorted()).to.deep.equal(Object.keys(ASKS).toSorted());
  });

  for (const [file, asks] of Object.entries(ASKS)) {
    it(`${file} asks for what its comment says`, () => {
      const object = parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as JsonObject;
      const rule = RULES[stringAt(object, ['kind'])];
      if (rule === undefined) throw new Error(`no rule for ${file}`);
      const stored = created(rule[0], object, CLUSTER);
      const containers = arrayAt(memberAt(stored, ...rule[1]), 'spec', 'containers');
      expect(containers.map((container) => objectAt(container, 'resources', 'limits'))).to.deep.equal(asks);
    });
  }
});
