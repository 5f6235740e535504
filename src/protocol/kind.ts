/**
 * What an environment is for. `local`: people are taken by their name. `shared`: only signed decisions count. `drill`: what
 * is in it is cloned for a drill and thrown away; there the drill itself starts rollouts and answers their gates.
 */
export const kinds = ['local', 'shared', 'drill'] as const;
export type Kind = (typeof kinds)[number];
