// Gathers all programs before tests run, so that no test's time-out has to cover a build.
import { BINARY_NAMES } from './binary.ts';
import { ensureBinaries } from './build.ts';

try {
  await ensureBinaries(BINARY_NAMES);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
