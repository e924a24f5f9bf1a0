import { parentPort, workerData } from 'node:worker_threads';
import { benchCore } from './core.ts';
import type { CoreSettings } from './core.ts';
import { benchBackfill } from './core-backfill.ts';
import type { BackfillSettings } from './core-backfill.ts';
import { benchBacklog } from './core-backlog.ts';
import type { BacklogSettings } from './core-backlog.ts';
import { benchClaims } from './core-claims.ts';
import type { ClaimsSettings } from './core-claims.ts';
import { benchEvict } from './core-evict.ts';
import type { EvictSettings } from './core-evict.ts';
import { benchExplain } from './core-explain.ts';
import type { ExplainSettings } from './core-explain.ts';
import { benchGrowth } from './core-growth.ts';
import type { GrowthSettings } from './core-growth.ts';
import { benchInterleaved } from './core-interleaved.ts';
import type { InterleavedSettings } from './core-interleaved.ts';
import { benchMemory } from './core-memory.ts';
import type { MemorySettings } from './core-memory.ts';
import { benchRules } from './core-rules.ts';
import type { RulesSettings } from './core-rules.ts';
import { benchScene } from './core-scenes.ts';
import type { SceneSettings } from './core-scenes.ts';
import { benchTopology } from './core-topology.ts';
import type { TopologySettings } from './core-topology.ts';
import type { Figures } from './figures.ts';

/** Which measurement the thread makes. */
export type CoreOrder =
  | { readonly kind: 'core'; readonly settings: CoreSettings }
  | { readonly kind: 'backlog'; readonly settings: BacklogSettings }
  | { readonly kind: 'interleaved'; readonly settings: InterleavedSettings }
  | { readonly kind: 'rules'; readonly settings: RulesSettings }
  | { readonly kind: 'claims'; readonly settings: ClaimsSettings }
  | { readonly kind: 'evict'; readonly settings: EvictSettings }
  | { readonly kind: 'topology'; readonly settings: TopologySettings }
  | { readonly kind: 'explain'; readonly settings: ExplainSettings }
  | { readonly kind: 'backfill'; readonly settings: BackfillSettings }
  | { readonly kind: 'memory'; readonly settings: MemorySettings }
  | { readonly kind: 'growth'; readonly settings: GrowthSettings }
  | { readonly kind: 'scene'; readonly settings: SceneSettings };

const order = workerData as CoreOrder;
parentPort?.postMessage(measured(order));

function measured({ kind, settings }: CoreOrder): Figures {
  switch (kind) {
    case 'core':
      return benchCore(settings);
    case 'backlog':
      return benchBacklog(settings);
    case 'interleaved':
      return benchInterleaved(settings);
    case 'rules':
      return benchRules(settings);
    case 'claims':
      return benchClaims(settings);
    case 'evict':
      return benchEvict(settings);
    case 'topology':
      return benchTopology(settings);
    case 'explain':
      return benchExplain(settings);
    case 'backfill':
      return benchBackfill(settings);
    case 'memory':
      return benchMemory(settings);
    case 'growth':
      return benchGrowth(settings);
    case 'scene':
      return benchScene(settings);
  }
}
