import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { WORKER_HEAP } from '../../bench/production.ts';

describe('heap of the benched threads', () => {
  it('is the heap of the workers of sluice serve', async () => {
    const text = await readFile(new URL('../../src/cli/serve/worker-handle.ts', import.meta.url), 'utf8');
    const constant = (name: string): number => Number(new RegExp(`const ${name} = (\\d+);`).exec(text)?.[1]);
    expect(WORKER_HEAP).to.deep.equal({
      maxYoungGenerationSizeMb: constant('YOUNG_GENERATION_MB'),
      maxOldGenerationSizeMb: constant('OLD_GENERATION_MB'),
    });
  });
});
