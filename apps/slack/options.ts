/** How a Slack door is to be opened. */
export interface SlackOptions {
  readonly environment: string;
  /** Path of the configuration. */
  readonly config: string;
  /** How clicks come: over HTTP at an address (port 0: any that is free), or by a socket that is opened from here. */
  readonly receive: { readonly host: string; readonly port: number } | 'socket';
  /** Temporal's address. */
  readonly address?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** An open Slack door. */
export interface OpenSlack {
  /** Where clicks come in. */
  readonly where: string;
  /** Takes no more clicks, waits for those under way, and says nothing any more. */
  close(): Promise<void>;
}
