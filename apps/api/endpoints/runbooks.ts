import { runbookList } from '../../client/http/wire/plans.js';
import { endpoint } from '../endpoint.js';

export const listRunbooks = endpoint({
  id: 'listRunbooks',
  method: 'get',
  path: '/v1/runbooks',
  summary: 'The runbooks that this door evaluates',
  answer: { description: 'Their names, those that whoever asks may see', schema: runbookList },
  async handle({ door, caller }) {
    const mayView = (runbook: string) => door.identities.deniedFor(caller, 'view', runbook) === undefined;
    return { body: { runbooks: door.runbooks.names().filter(mayView) } };
  },
});
