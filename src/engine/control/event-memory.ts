import { eventFingerprint } from '../../controllers/effect.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';

/**
 * Passes events on and remembers which were told about an object, so that each is told once while the object exists.
 */
export class ControllerEventMemory implements EventRecorder {
  readonly #recorder: EventRecorder;
  readonly #told = new Map<string, Set<string>>();

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder;
  }

  record(...[regarding, type, reason, action, note]: Parameters<EventRecorder['record']>): void {
    const told = this.#told.get(regarding.uid) ?? new Set();
    told.add(eventFingerprint({ reason, note }));
    this.#told.set(regarding.uid, told);
    this.#recorder.record(regarding, type, reason, action, note);
  }

  /** Fingerprints of what was told about the object. */
  toldOf(uid: string): ReadonlySet<string> {
    return this.#told.get(uid) ?? NOTHING;
  }

  /** The object is gone. */
  forget(uid: string): void {
    this.#told.delete(uid);
  }
}

const NOTHING: ReadonlySet<string> = new Set();
