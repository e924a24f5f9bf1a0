import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControllerSetting } from './real-controller.ts';

/** The argument that names a file with the configuration; most projects share these parts of it. */
export async function configurationFile(setting: ControllerSetting, head: object): Promise<readonly string[]> {
  const config = {
    ...head,
    kind: 'Configuration',
    webhook: { port: setting.webhookPort },
    health: { healthProbeBindAddress: `127.0.0.1:${setting.healthPort}` },
    leaderElection: { leaderElect: false },
  };
  const file = join(setting.folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  return [`--config=${file}`];
}
