import { unsealed } from '../../../activities/slack/sealed.js';
import type { Destination } from '../../../activities/slack/web.js';
import { actions, type Action } from '../say/asking.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import { plain } from '../say/words.js';
import { personOf, type Click, type Submitted } from '../receive/payload.js';
import { answer, type Bound } from './answer.js';
import { detailsView } from './details.js';
import { carriedBy, dialogs, dialogView, field, type Dialog } from './dialogs.js';
import type { Door } from './door.js';
import { whisperTo } from './whisper.js';

/** A button was clicked. Slack has been answered already: nothing that this takes makes anybody wait. */
export async function clicked(door: Door, click: Click): Promise<void> {
  const [first] = click.actions;
  const action = actions.find((name) => name === first?.action_id);
  // A link, or a button of another version: there is nothing to do.
  if (!first || !action) return;
  const channel = click.channel?.id ?? door.slack.channel;
  const thread = click.message?.thread_ts;
  const at = { channel, ...(thread !== undefined && { thread }) };
  const value = first.value ?? '';
  if (isDialog(action)) {
    await open(door, click, at, Promise.resolve(dialogView(action, { value, ...at })));
    return;
  }
  if (action === 'details') {
    await open(door, click, at, detailsView(door, personOf(click, door.slack.team), value));
    return;
  }
  const id = `${click.user.id} ${first.action_ts} ${value}`;
  await answer(
    door,
    { person: personOf(click, door.slack.team), at, sealed: unsealed(value), click: id, wanted: action },
    (asking) => ({
      type: action,
      ...asking,
    }),
  );
}

/** Slack opens nothing later than three seconds after a click: whoever clicked is told, for nothing else would happen. */
async function open(door: Door, click: Click, at: Destination, view: Promise<object>): Promise<void> {
  try {
    await door.web.openView(click.trigger_id, await view);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    door.log(`a dialog could not be opened: ${why}`);
    const text = isRefusal(error)
      ? `🚫 ${plain(why)}.`
      : '⌛ *Nothing was decided: the dialog did not open in time.* Click again, or use the command line.';
    await whisperTo(door, at, click.user.id, text);
  }
}

/** A dialog was filled in. */
export async function submitted(door: Door, { view, team, user }: Submitted): Promise<void> {
  const dialog = dialogs.find((name) => name === view.callback_id);
  const carried = carriedBy(view.private_metadata);
  if (!dialog || !carried) return;
  const { value, ...at }: Destination & { readonly value: string } = carried;
  const filled = view.state.values[field.block]?.[field.element];
  const said = filled?.value ?? filled?.selected_option?.value ?? '';
  const given = {
    person: personOf({ team, user }, door.slack.team),
    at,
    sealed: unsealed(value),
    click: view.id,
    wanted: dialog,
  };
  await answer(door, given, (asking) => wishOf(dialog, said, asking));
}

function wishOf(dialog: Dialog, said: string, asking: Bound) {
  switch (dialog) {
    case 'reject':
      return { type: 'reject' as const, ...asking, reason: said };
    case 'comment':
      return { type: 'comment' as const, reason: said };
    case 'extend':
      return { type: 'extend' as const, step: asking.step, ms: Number(said) };
  }
}

function isDialog(action: Action): action is Dialog {
  return (dialogs as readonly Action[]).includes(action);
}
