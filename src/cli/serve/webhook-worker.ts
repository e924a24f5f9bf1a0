import { parentPort } from 'node:worker_threads';
import { startWebhookServer } from '../../adapters/http/webhook-server.ts';
import { HmacSubmitterKeys } from '../../adapters/submitter-keys.ts';
import { createWriter } from '../../adapters/kube/write/writer.ts';
import { createAdmission } from '../../engine/admission/admission.ts';
import { Authoriser } from '../../engine/admission/authoriser.ts';
import { ReflectedView } from '../../engine/admission/cluster-view.ts';
import { Fetcher } from '../../engine/admission/fetcher.ts';
import type { QuestionPorts } from '../../engine/admission/questions.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { viewKindsOf } from '../../../webhooks/view-kinds.ts';
import type { ViewKind } from '../../../webhooks/view-kind.ts';
import { answeredRows } from './admission-rows.ts';
import { EngineClient } from './engine-client.ts';
import { followResourceGroups } from './resource-group-feed.ts';
import { followRoots } from './root-feed.ts';
import { startData, WorkerBase } from './worker-base.ts';
import type { WebhookStart } from './worker-link.ts';

/** The webhook role: reviews and nothing else, so that no scheduling cycle ever delays an answer. */
async function run(): Promise<void> {
  const start = startData<WebhookStart>();
  const base = new WorkerBase(start, 'webhook');
  const { metrics, clock, log } = base;
  // Rows of kinds that come later are answered, too: another process may have seen them first.
  const isCompatible = start.admissionConfigMap !== undefined;
  const table = answeredRows(BUILT_IN_KINDS, isCompatible);
  const kinds = viewKindsOf(table);
  const { neverFits, rights } = start;
  const submitterKeys = new HmacSubmitterKeys(start.submitterKeys, clock);
  const settings = {
    neverFits,
    rights,
    metrics,
    submitterKeys,
    keepsBusyQueues: !isCompatible,
    groupsAsVolcano: isCompatible,
  };
  const view = new ReflectedView(kinds, start.ownUser, settings);
  // Each kind's handler takes what that kind's projection makes.
  for (const kind of kinds) reflectInto(base, view, kind as ViewKind<unknown>);
  const groups = followResourceGroups(base, start.admissionConfigMap, (read) => view.setResourceGroups(read));
  const writer = createWriter({ http: base.http, clock, metrics, log });
  const authoriser = new Authoriser(writer, clock);
  const fetcher = new Fetcher(writer, clock);
  const engine = new EngineClient(view, clock);
  const questions: QuestionPorts = {
    authorise: (question, request) => authoriser.authorise(question, request),
    place: (question) => engine.place(question),
    fit: (question) => engine.fit(question),
    fetch: (question) => fetcher.fetch(question),
  };
  const failureMode = start.failurePolicy === 'Fail' ? 'deny' : 'allow';
  const admission = createAdmission({ table, view, questions, metrics, clock, log, failureMode });
  const server = await startWebhookServer({
    host: start.host,
    port: start.port,
    material: start.material,
    judgedMs: start.judgedMs,
    admission,
    metrics,
    clock,
    log,
    limits: { drainWaitMs: start.drainMs, hardStopMs: start.drainMs + HARD_STOP_MS },
  }).catch((error: unknown) => {
    throw new Error(`cannot serve on port ${start.port}: ${String(error)}`);
  });
  base.report({ kind: 'listening', port: server.port });
  const roots = followRoots(base, {
    take: (type, changes) => view.roots.apply(type, changes),
    onKinds: (known, served) => {
      // Answered before the API server is told to ask.
      admission.use(answeredRows(known, isCompatible));
      view.setWorkloadKinds(known, served);
      base.report({ kind: 'served', kinds: served });
    },
  });
  base.onOrder((order) => {
    if (order.kind === 'material') {
      const problems = server.swapCertificate(order.material, order.judgedMs);
      if (problems.length > 0) log.error('new certificate is not used', { problems: problems.join('; ') });
    } else if (order.kind === 'submitterKeys') {
      submitterKeys.use(order.ring);
    } else if (order.kind === 'engine') {
      engine.connect(order.port);
    } else if (order.kind === 'stop') {
      groups.stop();
      void Promise.all([server.stop(), roots.stop()]).then(() => base.stop());
    }
  });
  roots.start();
  base.run(() => view.isComplete && groups.isRead && roots.isSettled && server.isReady);
}

const HARD_STOP_MS = 5000;

function reflectInto<T>(base: WorkerBase, view: ReflectedView, kind: ViewKind<T>): void {
  base.reflect(kind, view.handler(kind));
}

try {
  await run();
} catch (error) {
  // A taken port and the like: one line says it, a stack trace would not help.
  parentPort?.postMessage({ kind: 'fatal', message: error instanceof Error ? error.message : String(error) });
}
