/** A node of the trace. */
export interface TraceNode {
  readonly name: string;
  /** Thousandths. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly gpus: number;
  readonly model: string;
}

/** A pod of the trace. */
export interface TracePod {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  /** Of each GPU, thousandths; below 1000 for one GPU only. */
  readonly milli: number;
  /** Models that will do, joined by `|`; empty: any. */
  readonly models: string;
}

/** So much more than the cluster has comes before a run ends. */
const LOAD = 1.3;
export const GPU = 1000;

/** `sn,cpu_milli,memory_mib,gpu,model`. */
export function readTraceNodes(text: string): readonly TraceNode[] {
  return rows(text)
    .map(([name = '', cpu, memory, gpus, model = '']) => {
      return { name, cpu: Number(cpu), memory: Number(memory), gpus: Number(gpus), model };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec`, and columns that are not read. */
export function readTracePods(text: string): readonly TracePod[] {
  return rows(text)
    .map(([name = '', cpu, memory, gpus, milli, models = '']) => {
      const count = Number(gpus);
      return {
        name,
        cpu: Number(cpu),
        memory: Number(memory),
        gpus: count,
        milli: count > 0 ? Number(milli) : 0,
        models,
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * In which order pods come: shuffled, and then copies of any of them until one more would ask for more than 130 % of the GPUs, of
 * which the last test counts one GPU alone, as the published runs do. Of pods that ask for more than that together any are left
 * out until they do not.
 */
export function arrivals(pods: readonly TracePod[], gpus: number, random: () => number): TracePod[] {
  const order = shuffled(pods, random);
  const most = LOAD * gpus * GPU;
  let asked = order.reduce((sum, pod) => sum + askOf(pod), 0);
  if (asked > most) return thinned(order, asked - most, random);
  for (;;) {
    const pod = pods[Math.floor(random() * pods.length)] as TracePod;
    if (asked + pod.milli > most) return order;
    asked += askOf(pod);
    order.push(pod);
  }
}

/** Without some of them, which ask for so much or a little more. */
function thinned(order: readonly TracePod[], excess: number, random: () => number): TracePod[] {
  const left = [...order];
  for (let asked = 0; asked < excess;) {
    const [pod] = left.splice(Math.floor(random() * left.length), 1);
    asked += pod === undefined ? excess : askOf(pod);
  }
  return left;
}

/** The same in an order that depends on chance alone. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

/** Thousandths of GPUs. */
export function askOf({ gpus, milli }: TracePod): number {
  return gpus * milli;
}

export function sumOfGpus(nodes: readonly TraceNode[]): number {
  return nodes.reduce((sum, { gpus }) => sum + gpus, 0);
}

function rows(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','));
}
