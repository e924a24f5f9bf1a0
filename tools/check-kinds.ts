import { customResourceDefinition } from '../src/api/kinds/crd.ts';
import { KINDS } from '../src/api/kinds/kinds.ts';
import { judgedBreaks } from './compatibility/allowed-breaks.ts';
import { readBaselines } from './compatibility/baselines.ts';
import { kindBreaks } from './compatibility/kind-breaks.ts';

/** Holds the kinds of now against those of every earlier version that is kept in test/baseline. */
function main(): number {
  const now = KINDS.map(customResourceDefinition);
  const baselines = readBaselines();
  const found = baselines.flatMap(({ crds }) => kindBreaks(crds, now));
  const findings = [...new Set(judgedBreaks(found))];
  for (const finding of findings) console.error(finding);
  console.log(`${now.length} kinds, ${baselines.length} earlier versions, ${findings.length} findings`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
