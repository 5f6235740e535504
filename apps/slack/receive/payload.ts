import { z } from 'zod';

const id = z.string().min(1).max(100);
/** Of organisations with several workspaces it may be missing; then the person's own counts. */
const team = z.object({ id }).nullish();
const user = z.object({ id, team_id: id.optional() });

const click = z.object({
  type: z.literal('block_actions'),
  team,
  user,
  trigger_id: z.string().max(200),
  channel: z.object({ id }).optional(),
  message: z.object({ thread_ts: z.string().max(50).optional() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string().max(255),
        action_ts: z.string().max(50),
        value: z.string().max(2_000).optional(),
      }),
    )
    .min(1),
});

const field = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

const submitted = z.object({
  type: z.literal('view_submission'),
  team,
  user,
  view: z.object({
    id,
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3_000),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), field)) }),
  }),
});

const command = z.object({
  command: z.string().max(100),
  text: z.string().max(4_000).default(''),
  team_id: id,
  user_id: id,
  channel_id: id,
  trigger_id: z.string().max(200),
});

/** What Slack sends that is understood here: everything else is acknowledged, and nothing more. */
export type Click = z.output<typeof click>;
export type Submitted = z.output<typeof submitted>;
export type SlashCommand = z.output<typeof command>;

const interaction = z.discriminatedUnion('type', [click, submitted]);

/** A click or a dialog; undefined for anything else. */
export function interactionOf(body: unknown): Click | Submitted | undefined {
  const parsed = interaction.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** A slash command; undefined for anything else. */
export function commandOf(body: unknown): SlashCommand | undefined {
  const parsed = command.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** Whose it is: of the workspace that the person belongs to, as a shared channel has people of several. */
export function personOf({ team, user }: Pick<Click, 'team' | 'user'>, own: string) {
  const home = user.team_id ?? team?.id ?? '';
  // What came by another workspace's installation is that one's, whoever it was.
  const foreign = team && team.id !== own ? team.id : undefined;
  return { user: user.id, team: foreign ?? home };
}
