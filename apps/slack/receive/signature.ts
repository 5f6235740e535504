import { verifySlackRequest } from '@slack/bolt';

/** Says whether Slack has sent something, just now and for the first time. */
export interface Signatures {
  /** Why it does not count; undefined when it does. */
  fault(headers: Readonly<Record<string, string | undefined>>, body: string): string | undefined;
}

/** Seconds by which a request may be older or newer than this machine's clock says. */
const mostAge = 300;
const mostAhead = 60;

/**
 * Bolt's own check, and what it leaves out: a time that is to come, and a request that was here before. What another
 * process has taken before is known by its decision, which counts once.
 */
export function signaturesOf(signingSecret: string, now: () => number = Date.now): Signatures {
  const seen = new Map<string, number>();
  return {
    fault(headers, body) {
      const signature = headers['x-slack-signature'];
      const time = Number(headers['x-slack-request-timestamp'] ?? NaN);
      if (signature === undefined || !Number.isSafeInteger(time)) return 'it is not signed';
      const ahead = time - now() / 1_000;
      if (ahead > mostAhead) return `it is of a time to come, in ${Math.round(ahead)} s: see the clock`;
      try {
        verifySlackRequest({
          signingSecret,
          body,
          headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': time },
          nowMilliseconds: now(),
        });
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      forget(seen, now());
      if (seen.has(signature)) return 'it was here before';
      seen.set(signature, now());
      return undefined;
    },
  };
}

/** What is older is refused by its time. */
function forget(seen: Map<string, number>, now: number): void {
  for (const [signature, at] of seen) {
    if (now - at < (mostAge + mostAhead) * 1_000) return;
    seen.delete(signature);
  }
}
