import type { MessagePort } from 'node:worker_threads';
import type { Connection } from '../../adapters/kube/connect/connection.ts';
import type { LogLevel } from '../../adapters/log.ts';
import type { MetricsSnapshot } from '../../adapters/metrics.ts';
import type { NumberedPolicy, PolicySource } from '../../config/policy-source.ts';
import type { ServingMaterial } from '../../engine/certificates/certificate-maker.ts';
import type { ExplainAnswer, ExplainQuestion } from '../../engine/cycle/explainer.ts';
import type { SettingPlaces } from './setting-places.ts';
import type { KeyRing } from '../../engine/submitters/key-ring.ts';
import type { LeaseTimings } from '../../engine/lead/lease.ts';
import type { RightModes } from '../../../webhooks/rights/mode.ts';
import type { NeverFits } from '../../../webhooks/admission.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';

/** What every worker is started with; plain data, so that it can be posted. */
interface WorkerStart {
  readonly connection: Connection;
  /** Refreshed credentials arrive here. */
  readonly connectionPort: MessagePort;
  readonly logLevel: LogLevel;
  /** What submitters are signed with, to start with. */
  readonly submitterKeys: KeyRing;
}

export interface WebhookStart extends WorkerStart {
  readonly host: string;
  readonly port: number;
  readonly material: ServingMaterial;
  /** By the API server's clock, milliseconds since 1970. */
  readonly judgedMs: number;
  /** Who we are to the API server. */
  readonly ownUser: string;
  /** Volcano's admission configuration; undefined outside of compatibility mode. */
  readonly admissionConfigMap: { readonly namespace: string; readonly name: string } | undefined;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly rights: RightModes;
  readonly neverFits: NeverFits;
  readonly drainMs: number;
}

export interface EngineStart extends WorkerStart {
  readonly isScheduler: boolean;
  readonly isController: boolean;
  /** Neither: it never leads, and only tells the webhook how large the cluster is. */
  readonly isObserver: boolean;
  /** To start with. */
  readonly policy: NumberedPolicy;
  readonly policySource: PolicySource;
  /** People and programs are told in Volcano's words: in compatibility mode. */
  readonly speaksVolcano: boolean;
  /** Volcano's configurations for controllers; undefined outside of compatibility mode. */
  readonly settingPlaces: SettingPlaces | undefined;
  readonly namespace: string;
  readonly identity: string;
  /** Where people reach the operations port of this process. */
  readonly operations: string;
  readonly lease: LeaseTimings;
  /** Undefined where no webhook runs in this process. */
  readonly toWebhook: MessagePort | undefined;
}

/** Main thread to worker. */
export type Order =
  | { readonly kind: 'stop' }
  /** To the engine, which loads meanwhile: the kinds that it reads are there. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'material'; readonly material: ServingMaterial; readonly judgedMs: number }
  | { readonly kind: 'submitterKeys'; readonly ring: KeyRing }
  /** The webhook's end of the channel to an engine that was started; what it had to the one before leads nowhere any more. */
  | { readonly kind: 'engine'; readonly port: MessagePort }
  | { readonly kind: 'metrics'; readonly id: number }
  | { readonly kind: 'explain'; readonly id: number; readonly question: ExplainQuestion };

/** Worker to main thread. */
export type Report =
  /** Undefined problem: ready. Sent on change only. */
  | { readonly kind: 'state'; readonly problem: string | undefined }
  | { readonly kind: 'listening'; readonly port: number }
  /** The workload kinds that the cluster serves, of those that we know of: their rows are answered already. */
  | { readonly kind: 'served'; readonly kinds: readonly VersionedKind[] }
  | { readonly kind: 'metrics'; readonly id: number; readonly snapshot: MetricsSnapshot }
  | { readonly kind: 'explained'; readonly id: number; readonly answer: ExplainAnswer }
  /** The lead is lost: this thread decides nothing any more, and another one is to be started. */
  | { readonly kind: 'lost'; readonly message: string }
  /** Nothing more can be done here: the process has to end, so that another takes over. */
  | { readonly kind: 'fatal'; readonly message: string };
