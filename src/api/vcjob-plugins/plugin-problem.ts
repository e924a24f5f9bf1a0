import type { FieldError } from '../../lib/field-error.ts';

/** Something about the plugins of a job that is not as it should be. */
export interface PluginProblem {
  readonly error: FieldError;
  /** Volcano takes it without a word, and the job runs: people are only told. */
  readonly isHarmless: boolean;
}
