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
import { claimedInventory } from '../webhooks/accelerators/claimed.ts';
import { inventory, kind, nvidia } from '../webhooks/accelerators/nodes.ts';

const FOLDER = 'examples/accelerators';
const RACKS = { tiers: new Map([['nvlink', 2]]) };
const CLUSTER = view({
  devices: {
    ...inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559), kind({ 'nvidia.com/mig-1g.10gb': 7 })),
    ...RACKS,
  },
});

const RULES: Readonly<Record<string, readonly [AdmitFn, readonly string[]]>> = {
  Job: [mutateJob, ['spec', 'template']],
  Deployment: [mutateWorkload, ['spec', 'template']],
  Pod: [mutatePod, []],
};

/** The same devices, told in slices. */
const CLAIMED = view({
  devices: {
    ...claimedInventory({
      whole: [
        {
          driver: 'gpu.nvidia.com',
          count: 8,
          attributes: { type: 'gpu', productName: 'NVIDIA H100 80GB HBM3' },
          capacity: { memory: '81559Mi' },
        },
      ],
      sliced: [{ driver: 'gpu.nvidia.com', count: 7, attributes: { type: 'mig', profile: '1g.10gb' } }],
    }),
    ...RACKS,
  },
});

const ASKS: Readonly<Record<string, readonly object[]>> = {
  'any-gpu.yaml': [{ 'nvidia.com/gpu': '8' }],
  'one-rack.yaml': [{ 'nvidia.com/gpu': '4' }],
  'slice.yaml': [{ 'nvidia.com/mig-1g.10gb': '1' }],
  'one-of-two.yaml': [{}, { 'nvidia.com/gpu': '2' }],
};

describe('examples of accelerators', () => {
  it('are all here', () => {
    expect(readdirSync(FOLDER).toSorted()).to.deep.equal(Object.keys(ASKS).toSorted());
  });

  for (const [file, asks] of Object.entries(ASKS)) {
    it(`${file} claims as many where drivers tell devices in slices`, () => {
      const object = parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as JsonObject;
      const rule = RULES[stringAt(object, ['kind'])];
      if (rule === undefined) throw new Error(`no rule for ${file}`);
      const spec = objectAt(created(rule[0], object, CLAIMED), ...rule[1], 'spec');
      expect(arrayAt(spec, 'resourceClaims')).to.have.length(1);
      const users = arrayAt(spec, 'containers').map((container) => arrayAt(container, 'resources', 'claims').length);
      expect(users).to.deep.equal(asks.map((own) => Object.keys(own).length));
    });

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
