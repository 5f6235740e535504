import { packageVersion } from '../../config/version.js';
import { nameHeader } from '../identity/by-name.js';
import { problem } from '../../client/http/wire/problem.js';
import { operationOf, type Described } from './operation.js';
import { collectSchemas } from './schemas.js';

/** An operation and where it is. */
export interface Placed {
  readonly method: string;
  readonly path: string;
  readonly described: Described;
}

const byToken = {
  type: 'http',
  scheme: 'bearer',
  description: 'An API token, or an access token of an issuer that the configuration names.',
};
const byName = {
  type: 'apiKey',
  in: 'header',
  name: nameHeader,
  description: 'A name: in a local environment nobody proves anything, and only this machine is answered.',
};

/** The OpenAPI 3.1 document of these operations. */
export function documentOf(operations: readonly Placed[], named: boolean): object {
  const schemas = collectSchemas();
  schemas.of(problem);
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, described } of operations) {
    paths[path] = { ...paths[path], [method]: operationOf(described, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Switchback',
      version: packageVersion(),
      description: 'Rollouts of one environment: look, start, decide.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ caller: [] }],
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: { caller: named ? byName : byToken },
    },
  };
}
