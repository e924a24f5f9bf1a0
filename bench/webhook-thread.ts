import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../src/adapters/clock.ts';
import { startWebhookServer } from '../src/adapters/http/webhook-server.ts';
import { createLogger } from '../src/adapters/log.ts';
import { createMetrics } from '../src/adapters/metrics.ts';
import { createAdmission } from '../src/engine/admission/admission.ts';
import { ReflectedView } from '../src/engine/admission/cluster-view.ts';
import { NO_LABELS } from '../src/api/records/label-selector.ts';
import { makePodGroup, makeQueue } from '../test/support/records.ts';
import { REGISTRY } from '../webhooks/registry.ts';
import { GROUP_VIEW, NAMESPACE_VIEW, POLICY_VIEW, QUEUE_VIEW, viewKindsOf } from '../webhooks/view-kinds.ts';
import { policyRecords } from './policy-records.ts';
import { NOBODY_KNOWS } from '../test/support/questions.ts';
import type { ThreadOrder, ThreadReport, WebhookThreadStart } from './webhook-link.ts';

const QUEUES = 50;
const NAMESPACES = 200;
const GROUPS = 5000;

/** The webhook role as `sluice serve` runs it, with a view that is filled once instead of by watches. */
async function run(): Promise<void> {
  const { material, policies } = workerData as WebhookThreadStart;
  const clock = createSystemClock();
  const log = createLogger({ level: 'info', pretty: false, fields: { role: 'webhook' } });
  const metrics = createMetrics({ log, strict: false });
  const admission = createAdmission({
    table: REGISTRY,
    view: filledView(policies),
    questions: NOBODY_KNOWS,
    metrics,
    clock,
    log,
    failureMode: 'deny',
  });
  const limits = { drainWaitMs: 0, hardStopMs: 1000 };
  const server = await startWebhookServer({
    host: '127.0.0.1',
    port: 0,
    material,
    admission,
    metrics,
    clock,
    log,
    limits,
  });
  report({ kind: 'listening', port: server.port });
  parentPort?.on('message', (order: ThreadOrder) => {
    if (order === 'stop') void server.stop().then(() => parentPort?.close());
    else report({ kind: 'sample', cpuMicros: cpuMicros(), cycles: 0, placedPods: 0, longestCycleMs: 0 });
  });
}

function filledView({ count, matching }: WebhookThreadStart['policies']): ReflectedView {
  const view = new ReflectedView(viewKindsOf(REGISTRY));
  const queues = Array.from({ length: QUEUES }, (_, index) => makeQueue(`queue-${index}`));
  view.handler(QUEUE_VIEW)([
    { kind: 'replace', records: [makeQueue('root', { parent: '' }), makeQueue('default'), ...queues] },
  ]);
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => ({
    name: `team-${index}`,
    labels: NO_LABELS,
    deleting: false,
    optedIn: true,
    defaultQueue: `queue-${index % QUEUES}`,
  }));
  view.handler(NAMESPACE_VIEW)([{ kind: 'replace', records: namespaces }]);
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const [namespace, name] = [`team-${index % NAMESPACES}`, `training-run-${index}`];
    return makePodGroup(name, 8, { key: `${namespace}/${name}`, namespace, queue: 'queue-3' });
  });
  view.handler(POLICY_VIEW)([{ kind: 'replace', records: policyRecords(count, matching) }]);
  view.handler(GROUP_VIEW)([{ kind: 'replace', records: groups }]);
  return view;
}

function report(message: ThreadReport): void {
  parentPort?.postMessage(message);
}

function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

await run();
