import { BindingWatch } from './binding-watch.ts';
import { sharedNowMs } from './clock.ts';
import type { CreatorOrder, CreatorReport, CreatorStart, PodStyle } from './e2e-link.ts';
import { jobObject, podGroupObject, podGroupsPath, podObject, vcjobObject } from './gang-object.ts';
import type { PodPlace } from './gang-object.ts';
import { RequestClient } from './request-client.ts';

const HAVE_GROUPS: ReadonlySet<PodStyle> = new Set(['named', 'owned', 'stamped', 'native']);

/** Creates one contender's work over a fixed number of connections and tells when the last pod got its node. */
class Creator {
  readonly #start: CreatorStart;
  readonly #client: RequestClient;
  readonly #bindings: BindingWatch;

  constructor(start: CreatorStart) {
    this.#start = start;
    this.#client = new RequestClient(start.connection, start.connections);
    this.#bindings = new BindingWatch(
      this.#client,
      start.namespace,
      start.boundBefore + start.gangs * start.podsPerGang,
    );
  }

  async watch(): Promise<void> {
    await this.#bindings.open;
    tell({ kind: 'watching' });
  }

  async create(): Promise<void> {
    const firstCreateMs = sharedNowMs();
    const tasks = this.#tasks();
    const lane = async (): Promise<void> => {
      for (const task of tasks) await task();
    };
    await Promise.all(Array.from({ length: this.#start.connections }, lane));
    const lastCreateMs = sharedNowMs();
    const lastBindingMs = await this.#untilBound();
    this.#bindings.stop();
    tell({ kind: 'finished', firstCreateMs, lastCreateMs, lastBindingMs });
  }

  /** Gang after gang, as a person applies them: the group first, then its pods. */
  *#tasks(): Generator<() => Promise<void>, void> {
    const { namespace, prefix, style, workload, gangs, podsPerGang } = this.#start;
    for (let index = 0; index < gangs; index += 1) {
      const place = { namespace, gang: `${prefix}-${String(index).padStart(4, '0')}` };
      if (workload === 'jobs') {
        const job = jobObject(place, podsPerGang, style);
        yield () => this.#client.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, job);
        continue;
      }
      if (workload === 'vcjobs' && style !== 'bare') {
        const job = vcjobObject(place, podsPerGang);
        yield () => this.#client.create(`/apis/batch.volcano.sh/v1alpha1/namespaces/${namespace}/jobs`, job);
        continue;
      }
      const group = HAVE_GROUPS.has(style) ? Promise.withResolvers<string>() : undefined;
      if (group !== undefined) yield () => this.#createGroup(place, group);
      for (let pod = 0; pod < podsPerGang; pod += 1) {
        yield async () =>
          this.#createPod({ ...place, groupUid: (await group?.promise) ?? '' }, index * podsPerGang + pod);
      }
    }
  }

  async #createGroup(place: PodPlace, group: PromiseWithResolvers<string>): Promise<void> {
    const { style, podsPerGang } = this.#start;
    const object = podGroupObject(place, podsPerGang, style);
    group.resolve(await this.#client.createForUid(podGroupsPath(place.namespace, style), object));
  }

  async #createPod(place: PodPlace, index: number): Promise<void> {
    const { style, nodes } = this.#start;
    const name = `${place.gang}-${String(index).padStart(6, '0')}`;
    const path = `/api/v1/namespaces/${place.namespace}/pods`;
    await this.#client.create(path, podObject(place, name, style));
    if (style !== 'bare') return;
    const target = { apiVersion: 'v1', kind: 'Node', name: nodes[index % nodes.length] };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace: place.namespace }, target };
    await this.#client.create(`${path}/${name}/binding`, binding);
  }

  async #untilBound(): Promise<number> {
    const { patienceMs, gangs, podsPerGang, boundBefore } = this.#start;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seen = this.#bindings.seen - boundBefore;
        reject(
          new Error(
            `only ${seen} of ${gangs * podsPerGang} pods were bound ${patienceMs / 1000} s after the last create`,
          ),
        );
      }, patienceMs);
    });
    try {
      return await Promise.race([this.#bindings.complete, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function tell(report: CreatorReport): void {
  process.send?.(report);
}

function orFail(work: Promise<void> | undefined): void {
  work?.catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
}

let creator: Creator | undefined;
process.on('disconnect', () => process.exit(0));
process.on('message', (order: CreatorOrder) => {
  if (order.kind === 'watch') creator = new Creator(order.start);
  orFail(order.kind === 'watch' ? creator?.watch() : creator?.create());
});
