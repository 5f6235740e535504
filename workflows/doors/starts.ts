import { ApplicationFailure } from '@temporalio/workflow';
import { attempt, object, text } from '../../src/engine/base/read.js';
import { thisRun } from '../sdk/run.js';

const start = object<{ environment: string }>({ environment: text() });

/**
 * Ends a workflow that somebody has started with what is no input of it, or under the id of another environment's: it would
 * stand still for good, and the one whose id it has could not begin.
 *
 * @param idOf the id of the workflow of an environment
 */
export function refuseForeignStart(input: unknown, idOf?: (environment: string) => string): void {
  const { workflowId } = thisRun();
  const read = attempt(start, input, 'input');
  if ('fault' in read) throw ApplicationFailure.nonRetryable(read.fault, 'Refused');
  const id = idOf?.(read.value.environment);
  if (idOf && id !== workflowId && workflowId.startsWith(idOf(''))) {
    throw ApplicationFailure.nonRetryable(
      `input.environment: its workflow is ${id}; it is ${workflowId}`,
      'Refused',
    );
  }
}
