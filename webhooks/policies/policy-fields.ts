import { ACCELERATORS_ANNOTATION, DATASETS_ANNOTATION } from '../../src/api/keys.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { PolicySettings, PolicyValue } from '../../src/api/records/policy.ts';
import type { ClusterView } from '../admission.ts';
import { RUNTIME_CLASS_VIEW } from '../view-kinds.ts';
import type { PolicyTarget } from './target.ts';
import { TARGET_PATHS } from './target.ts';

/** One field that the first policy in line decides about. */
export interface PolicyField {
  /** Unique among the fields. */
  readonly id: string;
  /** What it is, for people. */
  readonly what: string;
  readonly value: PolicyValue<string | number>;
  /** What the object has; empty for nothing. */
  readonly present: string;
  readonly path: string;
  /** Nothing may take another value here, whatever the policy says. */
  readonly isFixed: boolean;
  /** False for something that is named and does not exist. */
  readonly isThere: (view: ClusterView) => boolean;
}

/** What the settings of one policy write of which there can be one only. */
export function fieldsOf(settings: PolicySettings, target: PolicyTarget): readonly PolicyField[] {
  const { queue, minMembers, priorityClass, runtimeClass } = settings;
  const spec = `${target.template.path}spec`;
  return [
    ...field('queue', 'queue', queue, {
      present: target.queue?.name ?? '',
      path: target.queue?.path ?? TARGET_PATHS.queue,
      isThere: (view) => view.queue(queue?.value ?? '') !== undefined,
    }),
    ...field('gang', 'members at least', minMembers, {
      present: target.minMembers,
      path: target.minMembersPath,
      isFixed: target.isMinimumFixed,
    }),
    ...field('priorityClass', 'priority class', priorityClass, {
      present: target.priorityClass,
      path: `${spec}.priorityClassName`,
      isThere: (view) => view.priorityClass(priorityClass?.value ?? '') !== undefined,
    }),
    ...field('runtimeClass', 'runtime class', runtimeClass, {
      present: target.runtimeClass,
      path: `${spec}.runtimeClassName`,
      isThere: (view) => view.of(RUNTIME_CLASS_VIEW).get(runtimeClass?.value ?? '') !== undefined,
    }),
    ...mapFields('labels', settings, target),
    ...mapFields('annotations', settings, target),
    ...wishField('accelerators', ACCELERATORS_ANNOTATION, settings.accelerators, target.accelerators, target),
    ...wishField('datasets', DATASETS_ANNOTATION, settings.dataLocality, target.datasets, target),
  ];
}

/** Written as if the pods had it: whoever reads wishes turns it into what nodes understand. A wish of one's own always counts. */
function wishField(
  what: string,
  key: string,
  value: string,
  present: string,
  { template }: PolicyTarget,
): readonly PolicyField[] {
  if (value === '') return [];
  const path = keyPath(`${template.path}metadata.annotations`, key);
  return field(mapFieldId('annotations', key), what, { value, onConflict: 'IfAbsent' }, { present, path });
}

type Place = Pick<PolicyField, 'present' | 'path'> & Partial<Pick<PolicyField, 'isFixed' | 'isThere'>>;

function field(
  id: string,
  what: string,
  value: PolicyValue<string | number> | undefined,
  place: Place,
): readonly PolicyField[] {
  return value === undefined ? [] : [{ id, what, value, isFixed: false, isThere: () => true, ...place }];
}

function mapFields(
  map: 'labels' | 'annotations',
  settings: PolicySettings,
  { template, isFixedLabel }: PolicyTarget,
): readonly PolicyField[] {
  const entries = settings[map];
  if (entries === undefined) return [];
  return Object.entries(entries.value).flatMap(([key, value]) =>
    field(
      mapFieldId(map, key),
      `${map === 'labels' ? 'label' : 'annotation'} ${key}`,
      { ...entries, value },
      {
        present: stringAt(template[map], [key]),
        path: keyPath(`${template.path}metadata.${map}`, key),
        isFixed: map === 'labels' && isFixedLabel(key),
      },
    ),
  );
}

/** The id of a label's or an annotation's field. */
function mapFieldId(map: 'labels' | 'annotations', key: string): string {
  return `${map}/${key}`;
}
