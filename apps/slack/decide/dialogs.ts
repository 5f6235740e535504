import { words } from '../say/blocks.js';

/** Dialogs that a button opens. */
export const dialogs = ['reject', 'extend', 'comment'] as const;
export type Dialog = (typeof dialogs)[number];

/** What a dialog carries through: the button's value, and where its message stands. */
export interface Carried {
  readonly value: string;
  readonly channel: string;
  readonly thread?: string;
}

/** The block and the element in which an answer is given. */
export const field = { block: 'said', element: 'said' } as const;

const titles: Readonly<Record<Dialog, string>> = {
  reject: 'Take everything back',
  extend: 'Extend the deadline',
  comment: 'Comment',
};
const submits: Readonly<Record<Dialog, string>> = { reject: 'Reject', extend: 'Move it', comment: 'Say it' };

/** How much later a deadline can come, in milliseconds. */
const later: readonly (readonly [string, number])[] = [
  ['1 hour', 3_600_000],
  ['4 hours', 4 * 3_600_000],
  ['1 day', 86_400_000],
];

/** A dialog. It is opened before anything is looked up: what opens it counts for three seconds. */
export function dialogView(dialog: Dialog, carried: Carried): object {
  return {
    type: 'modal',
    callback_id: dialog,
    private_metadata: JSON.stringify(carried),
    title: words(titles[dialog]),
    submit: words(submits[dialog]),
    close: words('Cancel'),
    blocks: [inputOf(dialog)],
  };
}

function inputOf(dialog: Dialog): object {
  if (dialog === 'extend') {
    const options = later.map(([text, ms]) => ({ text: words(text), value: String(ms) }));
    const element = { type: 'static_select', action_id: field.element, options, initial_option: options[0] };
    return { type: 'input', block_id: field.block, label: words('The deadline comes later by'), element };
  }
  const label =
    dialog === 'reject' ? 'Why? It stands in the journal, and the rollout rolls back' : 'What do you see?';
  const element = { type: 'plain_text_input', action_id: field.element, multiline: true, max_length: 1_000 };
  return { type: 'input', block_id: field.block, label: words(label), element };
}

/** What a dialog carried; undefined where it is none of ours. */
export function carriedBy(text: string): Carried | undefined {
  try {
    const { value, channel, thread } = JSON.parse(text) as Partial<Carried>;
    if (typeof value !== 'string' || typeof channel !== 'string') return undefined;
    return { value, channel, ...(typeof thread === 'string' && { thread }) };
  } catch {
    return undefined;
  }
}
