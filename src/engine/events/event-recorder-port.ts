import type { ResourceType } from '../../api/resources.ts';

/** What an event is about; of any kind, ours or not. */
export interface EventSubject {
  readonly type: Pick<ResourceType, 'group' | 'version' | 'kind'>;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Takes events for people; folds repeats, never blocks and never fails the caller. */
export interface EventRecorder {
  record(regarding: EventSubject, type: 'Normal' | 'Warning', reason: string, action: string, note: string): void;
}
