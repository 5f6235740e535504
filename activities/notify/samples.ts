import type { NoticeEvent } from './event.js';

/** One notice of each kind, to try channels with: each says that it is a test. */
export function samplesFor(
  environment: string,
  at: string,
  id: (name: string) => string,
): readonly NoticeEvent[] {
  const rollout = `rollout/${environment}/notify-test/${at}`;
  const sample = (name: NoticeEvent['type'], text: string, more: Partial<NoticeEvent> = {}): NoticeEvent => ({
    id: id(name),
    type: name,
    at,
    environment,
    rollout,
    text: `This is a test: ${text}`,
    ...more,
  });
  return [
    sample('question', 'somebody is asked to approve.'),
    sample('incident', 'somebody is called.', {
      kind: 'needs-operator',
      exposure: 0,
      todo: ['nothing: this is a test'],
    }),
    sample('news', 'a rollout has ended.', { outcome: 'rolled-back' }),
  ];
}
