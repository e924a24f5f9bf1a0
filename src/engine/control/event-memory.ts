import { eventFingerprint } from '../../controllers/effect.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';

/** Objects that are remembered: one may be spoken of once more when it is gone, and nobody would forget it then. */
const MAX_OBJECTS = 50_000;
/** Different events of one object, before all may be told again. */
const MAX_EVENTS = 100;

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
    if (told.size >= MAX_EVENTS) told.clear();
    told.add(eventFingerprint({ reason, note }));
    this.#told.set(regarding.uid, told);
    if (this.#told.size > MAX_OBJECTS) dropOldest(this.#told);
    this.#recorder.record(regarding, type, reason, action, note);
  }

  /** Number of objects. */
  get size(): number {
    return this.#told.size;
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
