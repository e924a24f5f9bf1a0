/**
 * How one authority follows another. Prepare: the next one is told to everybody who verifies. Switch: it signs from now on.
 * Confirm: every replica serves what it has signed. Retire: the one before stays trusted until the last certificate that it
 * signed has ended.
 */
export type RotationPhase = 'Steady' | 'Prepare' | 'Switch' | 'Confirm' | 'Retire';

export const ROTATION_PHASES: readonly RotationPhase[] = ['Steady', 'Prepare', 'Switch', 'Confirm', 'Retire'];

/** How far a rotation is; stored beside the authority, so that any replica goes on with it. Times by the API server's clock. */
export interface Rotation {
  readonly phase: RotationPhase;
  /** Begin of the phase, milliseconds since 1970. */
  readonly sinceMs: number;
  /** When nothing that the authority before has signed is valid any more; 0 before Retire. */
  readonly untilMs: number;
}

/** What one replica sees in one look. */
export interface RotationView {
  /** By the API server's clock. */
  readonly nowMs: number;
  /** The authority that signs is there, whole, and valid. */
  readonly isSignerUsable: boolean;
  readonly isSignerDue: boolean;
  /** Somebody asks for a rotation now. */
  readonly isWanted: boolean;
  readonly isNextUsable: boolean;
  /** For how long every configuration was seen to trust all that are to be trusted; undefined: not all do. */
  readonly carriedMs: number | undefined;
  /** The stored serving certificate was signed by the authority that signs now. */
  readonly isServingCurrent: boolean;
  /** Replicas that are known to serve a valid certificate of another authority. */
  readonly laggards: number;
}

export interface RotationTimings {
  /** For how long the configurations have to carry the next authority: API servers learn of it late. */
  readonly settleMs: number;
  /** Time for every replica to look and to say what it serves. */
  readonly graceMs: number;
}

/** What is to be done next: `replace` without an authority that can sign, `restamp` when the clock went back. */
export type RotationStep = 'replace' | 'prepare' | 'switch' | 'confirm' | 'retire' | 'finish' | 'restamp';

/** Clocks of several API servers differ by less than this. */
const CLOCK_SPREAD_MS = 60_000;

/** The next step of a rotation, undefined when there is nothing to do now. Pure; whoever carries it out writes with a precondition. */
export function nextStep(rotation: Rotation, view: RotationView, timings: RotationTimings): RotationStep | undefined {
  if (!view.isSignerUsable) return 'replace';
  if (rotation.phase !== 'Steady' && rotation.sinceMs > view.nowMs + CLOCK_SPREAD_MS) return 'restamp';
  return NEXT[rotation.phase](view, rotation, timings);
}

type Rule = (view: RotationView, rotation: Rotation, timings: RotationTimings) => RotationStep | undefined;

const NEXT: Readonly<Record<RotationPhase, Rule>> = {
  Steady: ({ isSignerDue, isWanted }) => when(isSignerDue || isWanted, 'prepare'),
  Prepare: ({ isNextUsable, carriedMs = -1 }, _rotation, { settleMs }) =>
    isNextUsable ? when(carriedMs >= settleMs, 'switch') : 'prepare',
  Switch: ({ isServingCurrent }) => when(isServingCurrent, 'confirm'),
  Confirm: ({ nowMs, laggards }, { sinceMs }, { graceMs }) =>
    when(laggards === 0 && nowMs - sinceMs >= graceMs, 'retire'),
  Retire: ({ nowMs, laggards }, { untilMs }) => when(laggards === 0 && nowMs >= untilMs, 'finish'),
};

function when(holds: boolean, step: RotationStep): RotationStep | undefined {
  return holds ? step : undefined;
}
