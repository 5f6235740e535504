/** Text of a block: `mrkdwn` is Slack's own markup. */
export interface Text {
  readonly type: 'plain_text' | 'mrkdwn';
  readonly text: string;
  /** Of markup: plain text in it stays as it is, and no link or mention is made of it. */
  readonly verbatim?: true;
}

/** A button. Its `value` is filled in when the message is sent: see `sealed`. */
export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: Text;
  readonly value?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: {
    readonly title: Text;
    readonly text: Text;
    readonly confirm: Text;
    readonly deny: Text;
  };
}

/** The parts of Block Kit that messages are made of. */
export type Block =
  | { readonly type: 'header'; readonly text: Text }
  | {
      readonly type: 'section';
      readonly block_id?: string;
      readonly text?: Text;
      readonly fields?: readonly Text[];
    }
  | { readonly type: 'context'; readonly elements: readonly Text[] }
  | { readonly type: 'divider' }
  | { readonly type: 'actions'; readonly block_id: string; readonly elements: readonly Button[] };

/** A message as it is to stand in a channel. `text` is what a locked phone shows. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}
