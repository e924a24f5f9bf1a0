import { readArguments } from './arguments.ts';
import { CORE_BENCHMARKS } from './core-benchmark.ts';
import { DATA_LOCALITY_BENCHMARK } from './data-locality.ts';
import { FGD_BENCHMARK } from './fgd.ts';
import { DECODE_BENCHMARK } from './decode.ts';
import { describeMachine } from './machine.ts';
import { formatReport } from './report.ts';
import type { Report } from './report.ts';
import { E2E_BENCHMARK } from './e2e.ts';
import { CROWDED_BENCHMARK } from './e2e-crowded.ts';
import { POLICIES_BENCHMARK } from './policies.ts';
import { POLICIES_TLS_BENCHMARK } from './policies-tls.ts';
import { RECOGNISING_BENCHMARK } from './recognising.ts';
import { RESTART_BENCHMARK } from './restart.ts';
import { judged } from './thresholds.ts';
import { WEBHOOK_BENCHMARK } from './webhook.ts';

const BENCHMARKS = [
  ...CORE_BENCHMARKS,
  DATA_LOCALITY_BENCHMARK,
  DECODE_BENCHMARK,
  FGD_BENCHMARK,
  POLICIES_BENCHMARK,
  POLICIES_TLS_BENCHMARK,
  RECOGNISING_BENCHMARK,
  WEBHOOK_BENCHMARK,
  E2E_BENCHMARK,
  CROWDED_BENCHMARK,
  RESTART_BENCHMARK,
];

/** Runs the command and returns its exit code. */
async function main(args: readonly string[]): Promise<number> {
  const request = readArguments(args, BENCHMARKS);
  if (request.kind === 'help') {
    console.log(request.text);
    return 0;
  }
  if (request.kind === 'mistake') {
    console.error(`bench: ${request.message}`);
    return 2;
  }
  const { benchmark, settings, isJson } = request;
  const machine = describeMachine();
  try {
    const figures = await benchmark.run(settings, (line) => console.error(`${benchmark.name}: ${line}`));
    const report: Report = { name: benchmark.name, machine, settings, figures };
    console.log(isJson ? JSON.stringify(report) : formatReport(report));
    for (const line of judged(benchmark, settings, figures)) console.error(line);
    return 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
