import type { ServingMaterial } from '../src/engine/certificates/certificate-maker.ts';
import type { ArrivalPattern } from './arrivals.ts';
import type { Figures } from './figures.ts';

/** How the core keeps the other core busy. */
export interface CoreLoadSettings {
  readonly nodes: number;
  readonly pods: number;
  /** Pods that end and pods that come in each cycle. */
  readonly churn: number;
  /** Rest after a cycle, as a multiple of its length; `sluice serve` rests for 1. */
  readonly rest: number;
  /** How far its thread stands back; 0 is the webhook's own rank. */
  readonly niceness: number;
}

/** Benchmark to server process. */
export type ServerOrder =
  | { readonly kind: 'startCore'; readonly settings: CoreLoadSettings }
  | { readonly kind: 'stopCore' }
  | { readonly kind: 'sample' };

/** Counters of the server process at one moment. */
export interface ServerSample {
  /** CPU time of the webhook's thread, of the engine's, and of the whole process with all its helper threads. */
  readonly webhookCpuMicros: number;
  readonly engineCpuMicros: number;
  readonly processCpuMicros: number;
  readonly cycles: number;
  readonly placedPods: number;
  readonly longestCycleMs: number;
  readonly rssMiB: number;
}

/** Server process to benchmark. */
export type ServerReport =
  | { readonly kind: 'listening'; readonly port: number; readonly bundlePem: string }
  | { readonly kind: 'coreStarted' }
  | { readonly kind: 'coreStopped' }
  | { readonly kind: 'sample'; readonly sample: ServerSample };

/** What the webhook's thread is started with. */
export interface WebhookThreadStart {
  readonly material: ServingMaterial;
  /** Policies of the cluster, each for ten kinds, of which this many are for the pods of the reviews. */
  readonly policies: { readonly count: number; readonly matching: number };
}

/** Main thread of the server process to one of its threads, and back. */
export type ThreadOrder = 'sample' | 'stop';
export type ThreadReport =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'started' }
  | {
      readonly kind: 'sample';
      readonly cpuMicros: number;
      readonly cycles: number;
      readonly placedPods: number;
      readonly longestCycleMs: number;
    };

/** Benchmark to load process. */
export interface LoadStart {
  readonly port: number;
  readonly bundlePem: string;
  readonly ratePerSecond: number;
  readonly pattern: ArrivalPattern;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly seed: number;
}

/** Load process to benchmark. */
export type LoadReport =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'done'; readonly figures: Figures; readonly reviews: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Benchmark to the process that sends hostile reviews, and back; any later message asks how many were answered. */
export interface HostileStart {
  readonly port: number;
  readonly bundlePem: string;
  readonly connections: number;
}
export interface HostileQuestion {
  readonly kind: 'howMany';
}
export type HostileReport =
  | { readonly kind: 'attacking' }
  | { readonly kind: 'answered'; readonly answered: number }
  | { readonly kind: 'failed'; readonly message: string };
