import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { onTemporal } from '../support/temporal.js';

it('an error in a workflow says where it was made, and no more: each promise would say as much', async () => {
  const temporal = await onTemporal();
  const taskQueue = `deep-${randomUUID()}`;
  const workflows = new URL('fixtures/deep.ts', import.meta.url);
  const stack = await temporal.during({ taskQueue, workflows }, () =>
    temporal.client.workflow.execute<() => Promise<string>>('deep', { taskQueue, workflowId: taskQueue }),
  );
  expect(stack.split('\n')).toEqual(['Error: lost', expect.stringMatching(/at inner \(.*deep\.ts:/)]);
  await temporal.close();
});
