import { certManagerFindings } from './cert-manager-checks.ts';
import {
  clockFindings,
  definitionFindings,
  leaseFindings,
  namespaceFindings,
  nodeFindings,
  ownNamespaceFindings,
  queueFindings,
  rivalFindings,
  submitterFindings,
} from './cluster-checks.ts';
import type { Facts } from './facts.ts';
import type { Finding, Level } from './finding.ts';
import { fairnessFindings, installationFindings, serviceFindings } from './installation-checks.ts';
import { releaseFindings } from './release-check.ts';
import { certificateFindings, configurationFindings, rivalConfigurations, trialFindings } from './webhook-checks.ts';

const CHECKS: readonly ((facts: Facts) => readonly Finding[])[] = [
  clockFindings,
  releaseFindings,
  definitionFindings,
  ownNamespaceFindings,
  installationFindings,
  configurationFindings,
  serviceFindings,
  certManagerFindings,
  certificateFindings,
  trialFindings,
  leaseFindings,
  submitterFindings,
  rivalFindings,
  rivalConfigurations,
  queueFindings,
  namespaceFindings,
  nodeFindings,
  fairnessFindings,
];

/** Every check's findings, in the order in which things are to be mended. Pure. */
export function diagnose(facts: Facts): readonly Finding[] {
  return CHECKS.flatMap((check) => check(facts));
}

const MARKS: Readonly<Record<Level, string>> = { well: 'ok   ', note: 'note ', wrong: 'WRONG', unknown: '?    ' };

/** One line a finding, with the remedy below it. */
export function diagnosisText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ check, level, message, remedy }) => {
      const line = `${MARKS[level]} ${check.padEnd(width)}  ${message}`;
      return remedy === '' ? line : `${line}\n${' '.repeat(width + 8)}-> ${remedy}`;
    })
    .join('\n');
}
