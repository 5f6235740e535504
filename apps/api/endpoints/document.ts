import { z } from 'zod';
import { endpoint } from '../endpoint.js';

export const document = endpoint({
  id: 'document',
  method: 'get',
  path: '/openapi.json',
  summary: 'This document',
  answer: {
    description: 'An OpenAPI 3.1 document',
    schema: z.looseObject({ openapi: z.string() }).meta({ id: 'Document' }),
  },
  async handle({ document }) {
    return { body: document() as { openapi: string } };
  },
});
