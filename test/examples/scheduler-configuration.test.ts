import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { readPolicyText } from '../../src/adapters/policy-text.ts';
import { projectConfigMap } from '../../src/api/projections/config-map.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { configurationKey } from '../../src/config/policy-source.ts';
import { defaultText } from '../../tools/generators/scheduler-configuration.ts';

const QUICK_START = join(import.meta.dirname, '../../examples/quickstart/scheduler.conf');
const EXAMPLE = join(import.meta.dirname, '../../examples/scheduler/configuration.yaml');

describe('a scheduler configuration that is shown', () => {
  it('is the default one in the example', async () => {
    const record = projectConfigMap(parse(await readFile(EXAMPLE, 'utf8')));
    expect(record).to.include({ key: 'sluice-system/sluice-scheduler' });
    const key = configurationKey([...(record?.data.keys() ?? [])]);
    expect(readPolicyText(record?.data.get(typeof key === 'string' ? key : '') ?? '')).to.deep.include({
      kind: 'policy',
      policy: DEFAULT_POLICY,
    });
  });

  it('evicts for others in the quick start, and can be read', async () => {
    const reading = readPolicyText(await readFile(QUICK_START, 'utf8'));
    expect(reading.kind === 'policy' ? reading.policy.actions : reading).to.include.members(['preempt', 'reclaim']);
  });

  it('has all that the default one has in the quick start, and evicts besides', async () => {
    const reading = readPolicyText(await readFile(QUICK_START, 'utf8'));
    const named = (tiers: SchedulerPolicy['tiers']): readonly unknown[] =>
      tiers.flat().map((option) => [option.name, Object.fromEntries(option.arguments)]);
    expect(reading.kind === 'policy' ? named(reading.policy.tiers) : reading).to.deep.include.members([
      ...named(DEFAULT_POLICY.tiers),
    ]);
  });

  it('is the default one on the reference page', () => {
    expect(readPolicyText(defaultText())).to.deep.include({ kind: 'policy', policy: DEFAULT_POLICY });
  });
});
