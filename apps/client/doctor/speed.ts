import { locksId } from '../../../src/protocol/locks.js';
import { sentinelId } from '../../../src/protocol/sentinel.js';
import { isOpen } from '../../../activities/temporal/open.js';
import { ok, warn, type Check, type Examined, type Finding } from './check.js';

/** Milliseconds. A server with its default of 20 looks a second takes 25 on average, and a tuned one takes 2. */
const slow = 15;
const fewestTasks = 10;
const mostWorkflows = 10;
const newestEvents = 200;

/** How long tasks wait for the server to hand them out: everything that happens is a chain of them. */
export const speed: Check = {
  name: 'speed',
  looksAt: 'how long workflow tasks wait between the server and a worker',
  look: async (examined) => [judgeWaits(await waitsOf(examined))],
};

/** Judges by the median: a worker that was away makes single tasks wait for long. */
export function judgeWaits(waits: readonly number[]): Finding {
  if (waits.length < fewestTasks) return ok(`nothing to measure yet: ${waits.length} tasks`);
  const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? 0;
  const found = `half of the newest ${waits.length} tasks waited for ${median} ms or more`;
  if (median < slow) return ok(found);
  const settings = ['transferProcessor', 'timerProcessor', 'visibilityProcessor'];
  const fix =
    `start the server with ${settings.map((name) => `history.${name}MaxPollRPS=2000`).join(', ')}, ` +
    'or give its workers more CPU';
  return warn(found, fix);
}

async function waitsOf(examined: Examined): Promise<number[]> {
  const all = await Promise.all((await someWorkflows(examined)).map((id) => waitsIn(examined, id)));
  return all.flat();
}

async function someWorkflows({ client, environment }: Examined): Promise<string[]> {
  const found = [locksId(environment), sentinelId(environment)];
  const query = `WorkflowId STARTS_WITH 'rollout/${environment}/' AND ${isOpen}`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: mostWorkflows })) {
    if (found.push(workflowId) >= mostWorkflows) break;
  }
  return found;
}

/** Milliseconds from each task's beginning to wait until a worker had it. One that does not exist has none. */
async function waitsIn({ client }: Examined, workflowId: string): Promise<number[]> {
  const { namespace } = client.options;
  const execution = { workflowId };
  const read = client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution,
    maximumPageSize: newestEvents,
  });
  const { history } = await read.catch(() => ({ history: undefined }));
  const scheduled = new Map<string, number>();
  return (history?.events ?? []).toReversed().flatMap((event) => {
    const at = Number(event.eventTime?.seconds ?? 0) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6;
    if (event.workflowTaskScheduledEventAttributes) scheduled.set(String(event.eventId), at);
    const begun = scheduled.get(String(event.workflowTaskStartedEventAttributes?.scheduledEventId));
    return begun === undefined ? [] : [Math.round(at - begun)];
  });
}
