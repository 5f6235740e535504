/** Slack asks to wait: nothing was done. */
export class SlackBusy extends Error {
  override readonly name = 'SlackBusy';

  /** @param wait milliseconds that it asks for */
  constructor(readonly wait: number) {
    super(`Slack asks to wait ${wait / 1_000} s`);
  }
}

/** Slack has said no: nothing was done, and the same again is answered the same. */
export class SlackRefused extends Error {
  override readonly name = 'SlackRefused';

  /** @param code Slack's own word, such as `channel_not_found` */
  constructor(
    readonly method: string,
    readonly code: string,
  ) {
    const fix = Object.hasOwn(fixes, code) ? `: ${fixes[code]}` : '';
    super(`Slack refused ${method}: ${code}${fix}`);
  }
}

/** What a person does about it, where that is known. */
const fixes: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the app into that channel',
  channel_not_found: 'see the id of the channel; into a private one the app has to be invited',
  is_archived: 'take the channel out of the archive, or name another one',
  invalid_auth: 'see the token',
  token_revoked: 'install the app anew, and take its new token',
  account_inactive: 'install the app anew, and take its new token',
  missing_scope: 'add the scope to the app, and install it anew',
};

/** Nobody knows whether it was done: no answer came, or one of a machine in between. */
export class SlackSilent extends Error {
  override readonly name = 'SlackSilent';
}
