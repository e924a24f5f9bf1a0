import type { KnownGeometries, ModelGeometries } from '../../api/cards/mig-geometries.ts';
import type { Complaint, Setting } from '../../api/controller-settings.ts';
import { isSame } from '../../lib/same.ts';
import type { ForgetfulEventRecorder } from '../events/event-recorder.ts';
import { recordComplaint } from './complaint-event.ts';

export interface GeometryKeeperOptions {
  readonly learn: (known: KnownGeometries) => void;
  readonly events: ForgetfulEventRecorder;
}

/** Hands on what is said of how cards are cut, once for each change of it, and tells mistakes on the ConfigMap that says it. */
export class GeometryKeeper {
  readonly #options: GeometryKeeperOptions;
  #known: KnownGeometries | undefined;
  #complaint: Complaint | undefined;

  constructor(options: GeometryKeeperOptions) {
    this.#options = options;
  }

  /** What the source says now, which is named in words. */
  take(source: string, { value, complaint }: Setting<readonly ModelGeometries[]>): void {
    const known = { source, models: value };
    if (!isSame(known, this.#known)) this.#options.learn(known);
    this.#known = known;
    if (isSame(complaint, this.#complaint)) return;
    if (this.#complaint !== undefined) this.#options.events.forget(this.#complaint.object.uid);
    this.#complaint = complaint;
    this.start();
  }

  /** This process leads. */
  start(): void {
    if (this.#complaint !== undefined) recordComplaint(this.#options.events, this.#complaint);
  }

  stop(): void {
    // Whoever leads next tells on.
  }
}
