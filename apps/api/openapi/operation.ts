import { z } from 'zod';
import { needs, type OperationId } from '../needs.js';
import type { ProblemName } from '../problems/catalogue.js';
import { problemAnswers } from './problems.js';
import { contentOf, type Schemas } from './schemas.js';

/** What an operation answers when all is well. */
export interface Answer<A extends z.ZodType = z.ZodType> {
  readonly description: string;
  readonly schema: A;
  readonly status?: 200 | 201;
  /** JSON when absent. */
  readonly type?: string;
  /** Formats beside that. */
  readonly also?: Readonly<Record<string, z.ZodType>>;
  readonly headers?: z.ZodObject;
  /** Other good answers, without a body, by status. */
  readonly others?: Readonly<Record<number, string>>;
}

/** What the document says of an operation. */
export interface Described {
  readonly id: OperationId;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: Answer;
  readonly problems?: readonly ProblemName[];
}

/** An operation as OpenAPI has it. */
export function operationOf(described: Described, schemas: Schemas): object {
  const { id, summary, params, query, headers, body, answer, problems = [] } = described;
  const { description, schema, status = 200, type = 'application/json', also = {}, others = {} } = answer;
  return {
    operationId: id,
    summary,
    'x-right': needs[id],
    ...(needs[id] === 'nothing' && { security: [] }),
    parameters: [
      ...parametersOf('path', params, schemas),
      ...parametersOf('query', query, schemas),
      ...parametersOf('header', headers, schemas),
    ],
    ...(body && {
      requestBody: { required: true, content: contentOf({ 'application/json': body }, schemas) },
    }),
    responses: {
      [status]: {
        description,
        content: contentOf({ [type]: schema, ...also }, schemas),
        ...(answer.headers && { headers: headersOf(answer.headers, schemas) }),
      },
      ...Object.fromEntries(Object.entries(others).map(([status, description]) => [status, { description }])),
      ...problemAnswers(id, problems, body !== undefined, schemas),
    },
  };
}

function parametersOf(where: 'path' | 'query' | 'header', shape: z.ZodObject | undefined, schemas: Schemas) {
  return membersOf(shape).map(([name, schema]) => {
    const { description, ...written } = schemas.of(schema);
    return {
      name,
      in: where,
      required: !z.object({ [name]: schema }).safeParse({}).success,
      ...(description !== undefined && { description }),
      schema: written,
    };
  });
}

function headersOf(shape: z.ZodObject, schemas: Schemas) {
  return Object.fromEntries(membersOf(shape).map(([name, schema]) => [name, { schema: schemas.of(schema) }]));
}

function membersOf(shape: z.ZodObject | undefined): [string, z.ZodType][] {
  const members: Readonly<Record<string, z.ZodType>> = shape?.shape ?? {};
  return Object.entries(members);
}
