/** One test for JUnit's format, as CI systems read it. */
export interface JUnitCase {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** Lines that say why. */
  readonly details: readonly string[];
}

export interface JUnitSuite {
  readonly name: string;
  readonly file: string;
  readonly cases: readonly JUnitCase[];
}

const TAGS = { failed: 'failure', error: 'error', skipped: 'skipped' } as const;

/** The report as XML. */
export function junitReport(suites: readonly JUnitSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sluice policy test" ${counts(cases)}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, file, cases }: JUnitSuite): readonly string[] {
  return [
    `  <testsuite name="${escaped(name)}" file="${escaped(file)}" ${counts(cases)}>`,
    ...cases.flatMap((one) => caseLines(one, file)),
    '  </testsuite>',
  ];
}

function caseLines({ name, seconds, outcome, details }: JUnitCase, file: string): readonly string[] {
  const start = `    <testcase name="${escaped(name)}" classname="${escaped(file)}" time="${seconds.toFixed(3)}"`;
  if (outcome === 'passed') return [`${start}/>`];
  const tag = TAGS[outcome];
  const message = escaped(details[0] ?? '');
  return [`${start}>`, `      <${tag} message="${message}">${escaped(details.join('\n'))}</${tag}>`, '    </testcase>'];
}

function counts(cases: readonly JUnitCase[]): string {
  const count = (outcome: JUnitCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return `tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
}

/** XML has no form for most control characters, so they go. */
function escaped(text: string): string {
  return text
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '')
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
