import { parentPort, workerData } from 'node:worker_threads';
import { benchCore } from './core.ts';
import type { CoreSettings } from './core.ts';

parentPort?.postMessage(benchCore(workerData as CoreSettings));
