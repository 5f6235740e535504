import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { metricsType } from '../http-metrics.js';

export const metrics = endpoint({
  id: 'metrics',
  method: 'get',
  path: '/metrics',
  summary: 'Figures of this process, for Prometheus',
  answer: { description: 'A text exposition', schema: z.string(), type: metricsType },
  async handle({ door }) {
    const headers = { 'content-type': `${metricsType}; version=0.0.4; charset=utf-8` };
    return { response: new Response(await door.metrics.text(), { headers }) };
  },
});
