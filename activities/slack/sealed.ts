import { digestOf } from '../../src/engine/base/digest.js';
import type { Json } from '../../src/engine/base/json.js';
import type { Block, SlackMessage } from './message.js';

/** SHA-256 of what a message says, in hex. */
export function saidBy({ text, blocks }: SlackMessage): string {
  return digestOf({ text, blocks } as unknown as Json);
}

/**
 * A message whose buttons carry which message it is, and a digest of what it said when they were drawn: a click tells
 * what somebody had before their eyes. Neither says anything about a rollout: what a message is about stands in the
 * records.
 */
export function sealed({ text, blocks }: SlackMessage, id: string, said: string): SlackMessage {
  return { text, blocks: blocks.map((block) => withValues(block, `${id}.${said}`)) };
}

function withValues(block: Block, value: string): Block {
  if (block.type !== 'actions') return block;
  return { ...block, elements: block.elements.map((button) => ({ ...button, value })) };
}

/** The message that a button belongs to, and what it said; undefined for a value that is none of ours. */
export function unsealed(value: unknown): { readonly id: string; readonly said: string } | undefined {
  const [, id, said] =
    typeof value === 'string' ? (/^([\w-]{10,60})\.([0-9a-f]{64})$/.exec(value) ?? []) : [];
  return id === undefined || said === undefined ? undefined : { id, said };
}
