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
    super(`Slack refused ${method}: ${code}`);
  }
}

/** Nobody knows whether it was done: no answer came, or one of a machine in between. */
export class SlackSilent extends Error {
  override readonly name = 'SlackSilent';
}
