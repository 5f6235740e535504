import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { byName } from '../../../apps/api/identity/by-name.js';
import { doorOf } from './door.js';

type Document = Record<string, unknown> & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

/** Of an environment whose people are known by their name, or by a token. */
const documentOf = async (named: boolean) =>
  (await doorOf(
    {},
    { identities: { ...byName(() => ({})), byName: named } },
  ).document()) as unknown as Document;

/** What the OpenAPI Initiative's schema says against a document; nothing when it is one of version 3.1. */
async function faultsOf(document: Record<string, unknown>): Promise<readonly unknown[]> {
  const validator = new Validator();
  // It resolves references in what it is given.
  const { valid, errors } = await validator.validate(structuredClone(document));
  if (!valid) return [errors ?? 'refused'].flat();
  return validator.version === '3.1' ? [] : [`it is of version ${validator.version}`];
}

describe('the document of the API', () => {
  it.each([true, false])('is one of OpenAPI 3.1 by its official schema (by name: %s)', async (named) => {
    expect(await faultsOf(await documentOf(named))).toEqual([]);
  });

  it('has schemas that are schemas', async () => {
    const { components } = await documentOf(false);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(Object.keys(components.schemas).length).toBeGreaterThan(20);
    for (const [name, schema] of Object.entries(components.schemas)) {
      expect([name, ajv.validateSchema(schema), ajv.errorsText()]).toEqual([name, true, 'No errors']);
    }
  });

  it('would be refused for a misspelt member, an answer without a description, or another version', async () => {
    const document = await documentOf(false);
    const [path, operations] = Object.entries(document.paths)[0]!;
    const [method, operation] = Object.entries(operations)[0]!;
    const withOperation = (changed: object) => ({
      ...document,
      paths: { ...document.paths, [path]: { ...operations, [method]: { ...operation, ...changed } } },
    });
    for (const wrong of [
      { ...document, component: {} },
      withOperation({ sumary: 'x' }),
      withOperation({ responses: { 200: {} } }),
      withOperation({ responses: { ok: { description: 'x' } } }),
      { ...document, openapi: '3.0.3' },
    ]) {
      expect(await faultsOf(wrong)).not.toEqual([]);
    }
  });
});
