import type { PolicyRecord } from '../src/api/records/policy-record.ts';
import { NO_LABELS } from '../src/api/records/label-selector.ts';
import { ReflectedView } from '../src/engine/admission/cluster-view.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { request } from '../test/webhooks/fixture.ts';
import { makeQueue } from '../test/support/records.ts';
import type { AdmissionRequest } from '../webhooks/admission.ts';
import { mutatePod } from '../webhooks/pods/mutate.ts';
import { REGISTRY } from '../webhooks/registry.ts';
import { NAMESPACE_VIEW, POLICY_VIEW, QUEUE_VIEW, viewKindsOf } from '../webhooks/view-kinds.ts';
import { benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { median, quantile, rounded } from './figures.ts';
import { policyRecords } from './policy-records.ts';
import { REVIEW_KINDS, reviewBody } from './webhook-review.ts';

const SETTINGS = {
  policies: { kind: 'number', fallback: 100, min: 1, max: 10_000, help: 'policies, each for ten kinds' },
  reviews: {
    kind: 'number',
    fallback: 20_000,
    min: 100,
    max: 10_000_000,
    help: 'reviews of new pods, each variant and round',
  },
  runs: { kind: 'number', fallback: 5, min: 1, max: 100, help: 'rounds of all variants in turn; medians are told' },
} as const;

/** What policies add to the review of a new pod: none, many that are for other pods, and many of which three are for it. */
export const POLICIES_BENCHMARK = benchmark(
  'policies',
  'Reviews of new pods with no policy, with many for other pods, with many of which three are for the pod.',
  SETTINGS,
  ({ policies, reviews, runs }, say) => {
    const asked = REVIEW_KINDS.flatMap((kind) =>
      Array.from({ length: 500 }, (_, ix) => podRequest(reviewBody(kind, 'bare', ix))),
    );
    const variants = {
      without: viewWith([]),
      forOthers: viewWith(policyRecords(policies, 0)),
      forThePod: viewWith(policyRecords(policies, 3)),
      byExpression: viewWith(policyRecords(policies, 3, 'has(object.spec.priority) && object.spec.priority >= 0')),
    };
    const rounds = new Map<string, Figures[]>(Object.keys(variants).map((name) => [name, []]));
    for (let run = 0; run <= runs; run += 1) {
      say(run === 0 ? 'warm-up' : `round ${run} of ${runs}`);
      for (const [name, view] of Object.entries(variants)) {
        const figures = measure(asked, view, reviews);
        if (run > 0) rounds.get(name)?.push(figures);
      }
    }
    const told = [...rounds].map(([name, some]) => [name, medians(some)] as const);
    return Promise.resolve({ ...Object.fromEntries(told), compileMs: compileMs(policies) });
  },
);

function viewWith(policies: readonly PolicyRecord[]): ReflectedView {
  const view = new ReflectedView(viewKindsOf(REGISTRY));
  view.handler(QUEUE_VIEW)([
    { kind: 'replace', records: [makeQueue('root', { parent: '' }), makeQueue('default'), makeQueue('queue-3')] },
  ]);
  const namespaces = Array.from({ length: 20 }, (_, ix) => ({
    name: `team-${ix}`,
    labels: NO_LABELS,
    deleting: false,
    optedIn: true,
    defaultQueue: 'queue-3',
  }));
  view.handler(NAMESPACE_VIEW)([{ kind: 'replace', records: namespaces }]);
  view.handler(POLICY_VIEW)([{ kind: 'replace', records: policies }]);
  return view;
}

function podRequest(body: string): AdmissionRequest {
  const asked = (
    JSON.parse(body) as {
      readonly request: { readonly namespace: string; readonly uid: string; readonly object: JsonObject };
    }
  ).request;
  return request({
    uid: asked.uid,
    namespace: asked.namespace,
    username: 'alice',
    userGroups: ['users'],
    object: asked.object,
  });
}

function measure(asked: readonly AdmissionRequest[], view: ReflectedView, reviews: number): Figures {
  const micros = new Float64Array(reviews);
  let patched = 0;
  const before = process.cpuUsage();
  for (let ix = 0; ix < reviews; ix += 1) {
    const one = asked[ix % asked.length];
    if (one === undefined) continue;
    const startMs = performance.now();
    // A request of its own: what expressions say of one is remembered.
    const verdict = mutatePod({ ...one }, view);
    micros[ix] = (performance.now() - startMs) * 1000;
    if (verdict.kind === 'allow') patched += verdict.patch.length;
  }
  const { user, system } = process.cpuUsage(before);
  const all = [...micros];
  return {
    p50Micros: median(all),
    p99Micros: quantile(all, 0.99),
    cpuMicrosPerReview: (user + system) / reviews,
    patchOperationsPerReview: patched / reviews,
  };
}

function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rounded(median(rounds.map((one) => Number(one[name]))), 1)]));
}

/** What the first review after a change of one of them waits for. */
function compileMs(count: number): number {
  const view = viewWith(policyRecords(count, 3));
  const startMs = performance.now();
  view.policies();
  return rounded(performance.now() - startMs, 1);
}
