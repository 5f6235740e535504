/** What a message carries beside its words, unseen: by it a message is known again whose posting was not answered. */
export interface Mark {
  /** Of the message: the same however often it is posted or edited. */
  readonly id: string;
  /** Digest of what it says. */
  readonly said: string;
}

const type = 'switchback_message';

/** A mark as Slack's message metadata. */
export function marked(mark: Mark): object {
  return { event_type: type, event_payload: { ...mark } };
}

/** The mark in a message's metadata; undefined where there is none of ours. */
export function markOf(metadata: unknown): Mark | undefined {
  const { event_type, event_payload } = (metadata ?? {}) as { event_type?: string; event_payload?: Mark };
  const { id, said } = event_payload ?? {};
  if (event_type !== type || typeof id !== 'string' || typeof said !== 'string') return undefined;
  return { id, said };
}
