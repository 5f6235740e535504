import { LogLevel, SocketModeReceiver, type App, type Logger, type ReceiverEvent } from '@slack/bolt';
import type { Handled } from './handle.js';
import type { Receiver } from './receiver.js';

/** What a receiver by Socket Mode is made with. */
interface SocketOptions {
  readonly appToken: string;
  /** Of the Web API; Slack's own when absent. */
  readonly url?: string;
  readonly handle: (body: unknown) => Promise<Handled>;
  readonly log: (line: string) => void;
}

/**
 * Takes what Slack sends over a WebSocket that is opened from here: nothing has to be reachable from outside. The socket
 * is authenticated by its token, and what comes by it carries no signature of its own.
 */
export async function receiveBySocket({ appToken, url, handle, log }: SocketOptions): Promise<Receiver> {
  const underWay = new Set<Promise<void>>();
  const receiver = new SocketModeReceiver({
    appToken,
    logger: loggerTo(log),
    ...(url !== undefined && { installerOptions: { clientOptions: { slackApiUrl: url } } }),
  });
  const processEvent = async ({ body, ack }: ReceiverEvent): Promise<void> => {
    const { reply, after } = await handle(body);
    await ack(reply);
    const done = (after?.() ?? Promise.resolve()).catch((error: unknown) => {
      log(`a click was not understood: ${error instanceof Error ? error.message : String(error)}`);
    });
    underWay.add(done);
    void done.finally(() => underWay.delete(done));
  };
  receiver.init({ processEvent } as unknown as App);
  await receiver.start();
  return {
    where: 'Socket Mode',
    async close() {
      await receiver.stop();
      await Promise.all(underWay);
    },
  };
}

/** Only what is wrong is told: the socket is closed and opened again many times a day. */
function loggerTo(log: (line: string) => void): Logger {
  const quiet = () => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (...parts) => log(`the socket to Slack: ${parts.map(String).join(' ')}`),
    setLevel: quiet,
    getLevel: () => LogLevel.ERROR,
    setName: quiet,
  };
}
