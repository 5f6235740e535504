/** Where a rollout can be looked at. */
export function linkTo(link: string, rollout: string): string {
  return link.replaceAll('{rollout}', encodeURIComponent(rollout));
}
