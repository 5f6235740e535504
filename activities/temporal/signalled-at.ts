import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';

/** Events of one answer of the server. */
const page = 500;

/** A signal with something signed in it, and the oldest time at which it may have come. */
export interface Sought {
  readonly workflowId: string;
  readonly runId: string;
  readonly signed: string;
  /** Unix ms. */
  readonly notBefore: number;
}

/**
 * When the server took a signal, in Unix ms, as the history of a run says; undefined when it has none of the kind. Read from
 * the end, and no further back than it can have come: a history may have tens of thousands of events.
 */
export async function signalledAt(client: Client, sought: Sought): Promise<number | undefined> {
  const { workflowId, runId, signed, notBefore } = sought;
  const { workflowService } = client;
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const answer = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: page,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const { eventTime, workflowExecutionSignaledEventAttributes: signal } of answer.history?.events ??
      []) {
      const at = Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
      if (at < notBefore) return undefined;
      if (signal && signedIn(signal.input?.payloads?.[0]) === signed) return at;
    }
    nextPageToken = answer.nextPageToken ?? undefined;
  } while (nextPageToken && nextPageToken.length > 0);
  return undefined;
}

function signedIn(payload: Payload | null | undefined): unknown {
  try {
    const value: unknown = payload && defaultPayloadConverter.fromPayload(payload);
    return typeof value === 'object' && value !== null && 'signed' in value ? value.signed : undefined;
  } catch {
    // Anybody may have sent anything.
    return undefined;
  }
}
