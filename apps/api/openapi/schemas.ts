import { z } from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON schemas of what crosses HTTP, each that has a name kept once under it. */
export interface Schemas {
  /** The schema, or where it is kept. */
  of(schema: z.ZodType): JsonSchema;
  /** What was kept, by name. */
  components(): Readonly<Record<string, JsonSchema>>;
}

/** OpenAPI 3.1 takes JSON Schema as it is, in the very dialect that zod writes. */
export function collectSchemas(): Schemas {
  const kept = new Map<string, JsonSchema>();
  return {
    of(schema) {
      const {
        $defs = {},
        $schema: _dialect,
        id,
        ...written
      } = z.toJSONSchema(schema, {
        io: 'input',
        target: 'draft-2020-12',
      }) as JsonSchema & { $defs?: Readonly<Record<string, JsonSchema>>; id?: string };
      for (const [name, { id: _id, ...definition }] of Object.entries($defs)) {
        kept.set(name, moved(definition));
      }
      if (id === undefined) return moved(written);
      kept.set(id, moved(written));
      return { $ref: `#/components/schemas/${id}` };
    },
    components: () => Object.fromEntries(kept),
  };
}

/** With references to where OpenAPI keeps its schemas. */
function moved<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as T;
}

/** Bodies by their format. */
export function contentOf(byType: Readonly<Record<string, z.ZodType>>, schemas: Schemas) {
  return Object.fromEntries(
    Object.entries(byType).map(([type, schema]) => [type, { schema: schemas.of(schema) }]),
  );
}
