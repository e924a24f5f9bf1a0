import type { ControllerSettings } from '../../api/controller-settings.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import { NO_SETTINGS } from '../../api/controller-settings.ts';
import type { Controller, Watch } from '../../controllers/controller.ts';
import type { ControllerEventMemory } from './event-memory.ts';
import type { KindStores } from './kind-stores.ts';
import type { PodAnswers } from './pod-answers.ts';
import { Runner } from './runner.ts';
import type { RunnerPorts } from './runner.ts';

/** A row of the table of controllers at work: what it watches wakes its keys. */
export class TableRunner {
  readonly runner: Runner;
  readonly #watches: readonly Watch<unknown>[];
  readonly #stores: KindStores;
  readonly #settingKeys: readonly string[];
  #settings: ControllerSettings = NO_SETTINGS;

  constructor(
    row: Controller,
    stores: KindStores,
    memory: ControllerEventMemory,
    answers: PodAnswers,
    {
      ownNamespace,
      submitterKeys,
      ...ports
    }: RunnerPorts & { readonly ownNamespace: string; readonly submitterKeys: SubmitterKeys },
  ) {
    const { name, workers, watches, settingKeys = [] } = row;
    this.#settingKeys = settingKeys;
    this.#watches = watches;
    this.#stores = stores;
    this.runner = new Runner(
      {
        name,
        workers,
        reconcile: (key) =>
          row.reconcile(key, {
            view: stores,
            nowMs: ports.clock.nowMs(),
            ownNamespace,
            settings: this.#settings,
            submitterKeys,
            told: (uid) => memory.toldOf(uid),
            answerTo: (id) => answers.answerTo(id),
          }),
        onApplied: () => undefined,
      },
      ports,
    );
    for (const { kind, toKeys } of watches) {
      stores.listen(kind, (before, after) => {
        if (this.runner.isStarted) this.#add(toKeys(before, after, stores));
      });
    }
  }

  /** Wakes every key that a record may matter to, as after a change of leader. O(records). */
  wakeAll(): void {
    this.#add(this.#settingKeys);
    for (const { kind, toKeys } of this.#watches) {
      for (const record of this.#stores.values(kind)) this.#add(toKeys(undefined, record, this.#stores));
    }
  }

  configure(settings: ControllerSettings): void {
    this.#settings = settings;
    this.#add(this.#settingKeys);
  }

  #add(keys: Iterable<string>): void {
    for (const key of keys) this.runner.add(key);
  }
}
