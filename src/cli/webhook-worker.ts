import { parentPort } from 'node:worker_threads';
import { startWebhookServer } from '../adapters/http/webhook-server.ts';
import { NAMESPACES, POD_GROUPS, QUEUES } from '../api/resources.ts';
import { projectNamespace } from '../api/projections/namespace.ts';
import { projectPodGroup } from '../api/projections/pod-group.ts';
import { projectQueue } from '../api/projections/queue.ts';
import { createAdmission } from '../engine/admission/admission.ts';
import { ReflectedView } from '../engine/admission/cluster-view.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { startData, WorkerBase } from './worker-base.ts';
import type { WebhookStart } from './worker-link.ts';

/** The webhook role: reviews and nothing else, so that no scheduling cycle ever delays an answer. */
async function run(): Promise<void> {
  const start = startData<WebhookStart>();
  const base = new WorkerBase(start, 'webhook');
  const { metrics, clock, log } = base;
  const view = new ReflectedView();
  base.reflect(QUEUES, projectQueue, (queue) => queue.name, view.onQueues);
  base.reflect(NAMESPACES, projectNamespace, (namespace) => namespace.name, view.onNamespaces);
  base.reflect(POD_GROUPS, projectPodGroup, (group) => group.key, view.onPodGroups);
  const failureMode = start.failurePolicy === 'Fail' ? 'deny' : 'allow';
  const admission = createAdmission({ table: REGISTRY, view, metrics, clock, log, failureMode });
  const server = await startWebhookServer({
    host: start.host,
    port: start.port,
    material: start.material,
    admission,
    metrics,
    clock,
    log,
    limits: { drainWaitMs: start.drainMs, hardStopMs: start.drainMs + HARD_STOP_MS },
  });
  base.report({ kind: 'listening', port: server.port });
  base.onOrder((order) => {
    if (order.kind === 'material') {
      const problems = server.swapCertificate(order.material);
      if (problems.length > 0) log.error('new certificate is not used', { problems: problems.join('; ') });
    } else if (order.kind === 'stop') {
      void server.stop().then(() => base.stop());
    }
  });
  // A cluster has at least the built-in queues: before the controllers made them, every workload would be refused.
  let hasQueues = false;
  base.run(() => {
    hasQueues ||= view.synced && view.queueNames().length > 0;
    return hasQueues && server.isReady;
  });
}

const HARD_STOP_MS = 5000;

try {
  await run();
} catch (error) {
  // A taken port and the like: one line says it, a stack trace would not help.
  parentPort?.postMessage({ kind: 'fatal', message: error instanceof Error ? error.message : String(error) });
}
