import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, removed by the test's afterEach. */
export type TempFolder = {
  readonly path: string;
  remove(): void;
};

/** Makes a folder below the system's temporary folder. */
export function makeTempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes an executable shell script. */
export function writeProgram(folder: string, name: string, script = 'exit 0'): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
