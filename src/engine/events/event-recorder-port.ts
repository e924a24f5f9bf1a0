import type { ResourceType } from '../../api/resources.ts';

/** Takes events for people; folds repeats, never blocks and never fails the caller. */
export interface EventRecorder {
  record(
    regarding: { type: ResourceType; namespace: string; name: string; uid: string },
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    note: string,
  ): void;
}
