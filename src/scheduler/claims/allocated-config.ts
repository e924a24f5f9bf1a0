import type { AllocatedConfig, DeviceClaimRecord, DeviceClassRecord } from '../../api/records/device-records.ts';
import { fullName } from './allocation-search.ts';
import type { DevicePick } from './allocation-search.ts';

/** What drivers are told about the devices: of each class once, for all requests that chose it, then what the claim says itself. */
export function allocatedConfig(
  { requests, config }: DeviceClaimRecord,
  picks: readonly DevicePick[],
  classOf: (name: string) => DeviceClassRecord | undefined,
): readonly AllocatedConfig[] {
  const names = new Map(picks.map(({ request, ask }) => [request.name, fullName(request, ask)]));
  const byClass = new Map<string, Set<string>>();
  for (const { request, ask } of picks) {
    const chosen = byClass.get(ask.className) ?? new Set();
    byClass.set(ask.className, chosen.add(fullName(request, ask)));
  }
  const isForAll = (of: readonly string[]): boolean =>
    requests.every(({ name }) => of.includes(name) || of.includes(names.get(name) ?? ''));
  const all = (of: readonly string[]): readonly string[] => (isForAll(of) ? [] : of);
  const fromClasses = [...byClass].flatMap(([name, of]) =>
    (classOf(name)?.config ?? []).map((one) => ({
      source: 'FromClass' as const,
      requests: all([...of]),
      config: one,
    })),
  );
  const fromClaim = config
    .filter(({ requests: of }) => {
      return of.length === 0 || requests.some(({ name }) => of.includes(name) || of.includes(names.get(name) ?? ''));
    })
    .map((one) => ({ source: 'FromClaim' as const, requests: all(one.requests), config: one.config }));
  return [...fromClasses, ...fromClaim];
}
