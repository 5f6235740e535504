import { createTransport } from 'nodemailer';
import type { NoticeEvent } from '../event.js';
import { answersWithin, Undeliverable, type Channel } from './channel.js';

/** A mailbox for those without chat. */
export interface MailOptions {
  /** `smtp://user:password@host:587`, or `smtps://`. */
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
}

const subjects = { incident: 'INCIDENT', question: 'Answer needed', news: 'News' } as const;

/** An e-mail of plain text; all of one rollout make one thread. */
export function mail({ url, from, to }: MailOptions): Channel {
  const timeouts = {
    connectionTimeout: answersWithin,
    greetingTimeout: answersWithin,
    socketTimeout: answersWithin,
  };
  return {
    async deliver(event) {
      const transport = createTransport({ url, ...timeouts });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: `${subjects[event.type]}: ${event.rollout}`,
          text: textOf(event),
          messageId: `<${event.id}@switchback>`,
          references: `<${encodeURIComponent(event.rollout)}@switchback>`,
        });
      } catch (error) {
        throw isFinal(error) ? new Undeliverable((error as Error).message) : error;
      } finally {
        transport.close();
      }
    },
  };
}

function textOf({ text, at, exposure, todo = [], late, rollout }: NoticeEvent): string {
  const lines = [
    text,
    '',
    `rollout: ${rollout}`,
    `at: ${at}${late ? ' (told late)' : ''}`,
    ...(exposure === undefined ? [] : [`exposed: up to ${exposure} %`]),
    ...todo.map((line) => `what to do: ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A mail server's answer of 5xx: it will say the same again. */
function isFinal(error: unknown): boolean {
  const { responseCode } = error as { responseCode?: number };
  return responseCode !== undefined && responseCode >= 500;
}
