import type { Client } from '@temporalio/client';
import { arrayFromPayloads, defaultPayloadConverter, type Payload } from '@temporalio/common';

type Fields = Readonly<Record<string, unknown>>;

/** What happened to a workflow, as its history says: also of one whose history no worker can replay. */
export type Happened = { readonly at: number } & (
  | { readonly type: 'started'; readonly input: unknown }
  | { readonly type: 'signalled'; readonly name: string; readonly args: readonly unknown[] }
  /** An update that was accepted; `id` is the update's. */
  | { readonly type: 'asked'; readonly id: string; readonly name: string; readonly args: readonly unknown[] }
  /** An update that was answered. */
  | { readonly type: 'answered'; readonly id: string; readonly answer: unknown }
  /** An activity was begun, or ended well. */
  | { readonly type: 'called'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly type: 'returned'; readonly name: string; readonly result: unknown }
  | { readonly type: 'memo'; readonly fields: Fields }
);

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

/**
 * Reads what happened to one run of a workflow, in order. Throws `WorkflowNotFoundError` when the server does not
 * keep it any more.
 */
export async function happenedTo(client: Client, workflowId: string, runId: string): Promise<Happened[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const called = new Map<string, string>();
  return (events ?? []).flatMap((event) => {
    const found = fromOutside(event) ?? fromInside(event, called);
    return found ? [{ at: millisecondsOf(event), ...found }] : [];
  });
}

// The union would lose what tells its members apart.
type Untimed<T = Happened> = T extends Happened ? Omit<T, 'at'> : never;

function fromOutside(event: HistoryEvent): Untimed | undefined {
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowExecutionSignaledEventAttributes: signalled,
    workflowExecutionUpdateAcceptedEventAttributes: accepted,
  } = event;
  if (started) return { type: 'started', input: valuesOf(started.input?.payloads)[0] };
  if (signalled) {
    const args = valuesOf(signalled.input?.payloads);
    return { type: 'signalled', name: signalled.signalName ?? '', args };
  }
  const { input, meta } = accepted?.acceptedRequest ?? {};
  if (!input) return undefined;
  const args = valuesOf(input.args?.payloads);
  return { type: 'asked', id: meta?.updateId ?? '', name: input.name ?? '', args };
}

function fromInside(event: HistoryEvent, called: Map<string, string>): Untimed | undefined {
  const {
    workflowExecutionUpdateCompletedEventAttributes: answered,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskCompletedEventAttributes: completed,
    workflowPropertiesModifiedEventAttributes: modified,
  } = event;
  if (answered?.outcome?.success) {
    const [answer] = valuesOf(answered.outcome.success.payloads);
    return { type: 'answered', id: answered.meta?.updateId ?? '', answer };
  }
  if (scheduled) {
    const name = scheduled.activityType?.name ?? '';
    called.set(String(event.eventId), name);
    return { type: 'called', name, args: valuesOf(scheduled.input?.payloads) };
  }
  if (completed) {
    const name = called.get(String(completed.scheduledEventId)) ?? '';
    return { type: 'returned', name, result: valuesOf(completed.result?.payloads)[0] };
  }
  const fields = Object.entries(modified?.upsertedMemo?.fields ?? {});
  if (fields.length === 0) return undefined;
  return { type: 'memo', fields: Object.fromEntries(fields.map(([name, value]) => [name, valueOf(value)])) };
}

function valuesOf(payloads: Payload[] | null | undefined): unknown[] {
  return arrayFromPayloads(defaultPayloadConverter, payloads);
}

function valueOf(payload: Payload): unknown {
  return defaultPayloadConverter.fromPayload(payload);
}

function millisecondsOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
}
