import { Failure } from './value.ts';
import type { Outcome, Value } from './value.ts';

/** What one evaluation works on. */
export interface Frame {
  /** Values of the variables, then of the loops around; undefined where nothing is bound. */
  readonly slots: (Value | undefined)[];
  /** Steps that are left; below zero the evaluation is over, whatever else it would say. */
  steps: number;
}

/** A compiled expression. Never throws for what the input holds. */
export type Code = (frame: Frame) => Outcome;

/** Steps that several evaluations have together. */
export interface StepBudget {
  left: number;
}

export const OVER_BUDGET = new Failure('it takes too many steps');
export const OVER_SHARED_BUDGET = new Failure('all expressions together take too many steps');

/** Pays for work before it is done; false when it may not be done. */
export function pays(frame: Frame, steps: number): boolean {
  frame.steps -= steps;
  return frame.steps >= 0;
}
