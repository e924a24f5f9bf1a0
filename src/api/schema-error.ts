/** What the generated validators say of one breach; the form is ajv's. */
export interface SchemaError {
  /** JSON pointer into the checked object. */
  readonly instancePath: string;
  /** URI fragment into the schema; tells members, map keys and list items apart. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A generated validator: false leaves the breaches in `errors` until the next call. */
export interface SchemaValidator {
  (object: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}
