import { saysTheSame } from '../../lib/same.ts';
import { Mirror } from '../mirror.ts';
import type { ChangeHandler } from '../ports.ts';

/** Where records of one kind are kept for decisions. */
export interface FactSink<T> {
  set(key: string, record: T): void;
  delete(key: string): void;
}

export interface FactListener<T> {
  /** The kind was listed, or changed so that a decision may be another one. */
  readonly seen: (isNews: boolean) => void;
  /** Told before `seen`, of each record that is another one now. */
  readonly onChange: (next: T | undefined, key: string) => void;
}

/** Keeps a table of facts as the watch of their kind shows them; what says the same as before is no change. */
export function factHandler<T extends object>(
  sink: FactSink<T>,
  keyOf: (record: T) => string,
  { seen, onChange }: FactListener<T>,
): ChangeHandler<T> {
  const mirror = new Mirror(keyOf);
  return (changes) => {
    let isNews = false;
    mirror.apply(changes, (next, old) => {
      if (next !== undefined && old !== undefined && saysTheSame(next, old)) return;
      isNews = true;
      const key = next === undefined ? (old === undefined ? '' : keyOf(old)) : keyOf(next);
      if (next === undefined) sink.delete(key);
      else sink.set(key, next);
      onChange(next, key);
    });
    seen(isNews);
  };
}
