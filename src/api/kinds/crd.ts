import type { TSchema } from 'typebox';
import type { JsonObject } from '../../lib/json.ts';
import type { ResourceType } from '../resources.ts';

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  /** JSONPath into the object; a dot inside a key is written `\.`. */
  readonly jsonPath: string;
  readonly description: string;
  /** Shown with `-o wide` only. */
  readonly wide?: true;
}

/** A kind of ours: the one source of its type, CRD, validator and reference page. */
export interface KindDefinition {
  readonly type: ResourceType;
  /** Name of the files that are made from it, where the kind's own would be taken for another's. */
  readonly file?: string;
  readonly shortNames: readonly string[];
  /** Without it, spec and status are written together, and a status write bumps the generation. */
  readonly hasStatusSubresource: boolean;
  readonly columns: readonly PrinterColumn[];
  readonly schema: TSchema;
}

/** The CustomResourceDefinition of a kind, ready to be sent. */
export function customResourceDefinition(kind: KindDefinition): JsonObject {
  const { group, version, plural, kind: kindName, namespaced } = kind.type;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind: kindName,
        listKind: `${kindName}List`,
        plural,
        singular: kindName.toLowerCase(),
        shortNames: kind.shortNames,
      },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(kind.hasStatusSubresource ? { subresources: { status: {} } } : {}),
          // An API server takes an empty list for none, and shows the age.
          ...(kind.columns.length === 0 ? {} : { additionalPrinterColumns: kind.columns.map(printerColumn) }),
          schema: { openAPIV3Schema: plainSchema(kind.schema) },
        },
      ],
    },
  };
}

/** The schema as plain JSON, free of what TypeBox hangs on its objects. */
export function plainSchema(schema: TSchema): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}

function printerColumn({ name, type, jsonPath, description, wide }: PrinterColumn): JsonObject {
  return { name, type, jsonPath, description, ...(wide === true ? { priority: 1 } : {}) };
}
