import type { PolicyRecord } from '../src/api/records/policy-record.ts';
import { NO_LABELS } from '../src/api/records/label-selector.ts';
import { ReflectedView } from '../src/engine/admission/cluster-view.ts';
import { makeQueue } from '../test/support/records.ts';
import { REGISTRY } from '../webhooks/registry.ts';
import { NAMESPACE_VIEW, POLICY_VIEW, QUEUE_VIEW, viewKindsOf } from '../webhooks/view-kinds.ts';
import { benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { median, quantile, rounded } from './figures.ts';
import { policyRecords } from './policy-records.ts';
import { podReviews, rootReviews } from './policy-reviews.ts';
import type { Reviewed } from './policy-reviews.ts';

const SETTINGS = {
  policies: { kind: 'number', fallback: 100, min: 1, max: 10_000, help: 'policies, each for ten kinds' },
  reviews: {
    kind: 'number',
    fallback: 20_000,
    min: 100,
    max: 10_000_000,
    help: 'reviews of new pods, each variant and round; a tenth as many of each kind of root',
  },
  runs: { kind: 'number', fallback: 5, min: 1, max: 100, help: 'rounds of all variants in turn; medians are told' },
} as const;

/** What policies add to the review of a new object of each of the kinds: none, many for others, and many of which three are for it. */
export const POLICIES_BENCHMARK = benchmark(
  'policies',
  'Reviews of new pods, and of nine kinds that make pods, with no policy, with many for others, with many of which three are for them.',
  SETTINGS,
  async ({ policies, reviews, runs }, say) => {
    const variants = {
      without: viewWith([]),
      forOthers: viewWith(policyRecords(policies, 0)),
      forThePod: viewWith(policyRecords(policies, 3)),
      byExpression: viewWith(policyRecords(policies, 3, 'has(object.spec.priority) && object.spec.priority >= 0')),
    };
    const ofPods = inTurns(podReviews(), variants, { reviews, runs }, (line) => say(`pods: ${line}`));
    const { without, forOthers, forThePod: forTheRoot } = variants;
    const roots: Record<string, Figures> = {};
    for (const [kind, reviewed] of Object.entries(await rootReviews())) {
      const size = { reviews: Math.ceil(reviews / 10), runs };
      roots[kind] = inTurns(reviewed, { without, forOthers, forTheRoot }, size, (line) => say(`${kind}: ${line}`));
    }
    return { ...ofPods, roots, compileMs: compileMs(policies) };
  },
);

interface Size {
  readonly reviews: number;
  readonly runs: number;
}

/** Medians of rounds in which the variants take turns, after one that does not count. */
function inTurns(
  reviewed: Reviewed,
  variants: Readonly<Record<string, ReflectedView>>,
  { reviews, runs }: Size,
  say: (line: string) => void,
): Figures {
  const rounds = new Map<string, Figures[]>(Object.keys(variants).map((name) => [name, []]));
  for (let run = 0; run <= runs; run += 1) {
    say(run === 0 ? 'warm-up' : `round ${run} of ${runs}`);
    for (const [name, view] of Object.entries(variants)) {
      const figures = measure(reviewed, view, reviews);
      if (run > 0) rounds.get(name)?.push(figures);
    }
  }
  return Object.fromEntries([...rounds].map(([name, some]) => [name, medians(some)] as const));
}

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

function measure({ asked, admit }: Reviewed, view: ReflectedView, reviews: number): Figures {
  const micros = new Float64Array(reviews);
  let patched = 0;
  const before = process.cpuUsage();
  for (let ix = 0; ix < reviews; ix += 1) {
    const one = asked[ix % asked.length];
    if (one === undefined) continue;
    const startMs = performance.now();
    // A request of its own: what expressions say of one is remembered.
    const verdict = admit({ ...one }, view);
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
