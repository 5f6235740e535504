/** A command that can be pasted. Ids of rollouts are words of a shell as they are. */
export function command(words: string): string {
  return `\`\`\`npx switchback ${words}\`\`\``;
}
