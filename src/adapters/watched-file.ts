import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../engine/ports.ts';

/** Where a file system tells nothing (another machine's, a folder that was swapped), the file is read this often. */
const REREAD_MS = 500;
/** An editor writes in several steps. */
const GATHER_MS = 30;

/** What the file holds, or why it cannot be read. */
export type FileText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unreadable'; readonly why: string };

/** Tells what a file holds whenever that changed, the first time included. */
export class WatchedFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onChange: (text: FileText) => void;
  #told: string | undefined;
  #watcher: FSWatcher | undefined;
  #cancel: (() => void) | undefined;
  #isReading = false;
  /** Something happened while it was being read. */
  #isStale = false;
  #isStopped = false;

  constructor(path: string, clock: Clock, onChange: (text: FileText) => void) {
    this.#path = path;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  start(): void {
    this.#openWatcher();
    this.#readAfter(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#watcher?.close();
  }

  /** The folder is watched: a mounted ConfigMap changes by a link beside the file, and many editors put a new file in its place. */
  #openWatcher(): void {
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, () => this.#readAfter(GATHER_MS));
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // It is read again and again all the same.
    }
  }

  #readAfter(delayMs: number): void {
    if (this.#isReading) this.#isStale = true;
    if (this.#isReading || this.#isStopped) return;
    this.#cancel?.();
    this.#cancel = this.#clock.after(delayMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    this.#isStale = false;
    const read = await readFile(this.#path, 'utf8').then(
      (text): FileText => ({ kind: 'text', text }),
      (error: unknown): FileText => ({
        kind: 'unreadable',
        why: error instanceof Error ? error.message : String(error),
      }),
    );
    this.#isReading = false;
    this.#readAfter(this.#isStale ? GATHER_MS : REREAD_MS);
    if (this.#isStopped) return;
    const now = read.kind === 'text' ? `=${read.text}` : `!${read.why}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#onChange(read);
  }
}
