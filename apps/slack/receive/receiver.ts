/** Takes what people do in Slack. */
export interface Receiver {
  /** Where, for whoever runs it. */
  readonly where: string;
  /** Takes nothing new, and waits for what is being answered. */
  close(): Promise<void>;
}
