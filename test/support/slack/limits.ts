/** What Slack refuses, or cuts, of a message or a dialog: each fault in a line. */
export function faultsOfBlocks(message: { readonly text?: unknown; readonly blocks?: unknown }): string[] {
  const faults: string[] = [];
  const blocks = (message.blocks ?? []) as readonly Loose[];
  const check = (what: string, text: unknown, most: number) => {
    if (typeof text !== 'string' || text.length === 0) faults.push(`${what} is empty`);
    else if (text.length > most) faults.push(`${what} has ${text.length} characters, ${most} are the most`);
  };
  if (message.text !== undefined) check('text', message.text, 4_000);
  if (blocks.length > 50) faults.push(`${blocks.length} blocks, 50 are the most`);
  for (const [index, block] of blocks.entries()) {
    const at = `block ${index} (${block.type})`;
    switch (block.type) {
      case 'header':
        check(at, block.text?.text, 150);
        break;
      case 'section':
        if (!block.text && !block.fields) faults.push(`${at} says nothing`);
        if (block.text) check(at, block.text.text, 3_000);
        if ((block.fields?.length ?? 0) > 10) faults.push(`${at} has more than 10 fields`);
        for (const field of block.fields ?? []) check(`${at}, a field`, field.text, 2_000);
        break;
      case 'context':
        if ((block.elements?.length ?? 0) > 10) faults.push(`${at} has more than 10 elements`);
        for (const element of block.elements ?? []) check(`${at}, an element`, element.text, 2_000);
        break;
      case 'actions':
        if ((block.elements?.length ?? 0) > 25) faults.push(`${at} has more than 25 elements`);
        for (const element of block.elements ?? []) faults.push(...faultsOfButton(at, element));
        break;
      case 'input':
        check(`${at}, its label`, (block['label'] as Loose | undefined)?.text, 2_000);
        break;
      default:
        faults.push(`${at} is no block that is known here`);
    }
  }
  return faults;
}

interface Loose {
  readonly type?: string;
  readonly text?: any; // oxlint-disable-line typescript/no-explicit-any -- it comes from outside, in many shapes
  readonly fields?: readonly Loose[];
  readonly elements?: readonly Loose[];
  readonly [name: string]: unknown;
}

function faultsOfButton(at: string, button: Loose): string[] {
  const { confirm } = button as { confirm?: Record<'title' | 'text' | 'confirm' | 'deny', { text: string }> };
  const parts: readonly (readonly [string, unknown, number])[] = [
    ['text', (button.text as { text?: string } | undefined)?.text, 75],
    ['action_id', button['action_id'], 255],
    ['value', button['value'], 2_000],
    ...(confirm
      ? ([
          ['title', confirm.title.text, 100],
          ['question', confirm.text.text, 300],
          ['yes', confirm.confirm.text, 30],
          ['no', confirm.deny.text, 30],
        ] as const)
      : []),
  ];
  return parts.flatMap(([name, text, most]) =>
    typeof text === 'string' && text.length > 0 && text.length <= most
      ? []
      : [`${at}: the ${name} of a button has to have 1 to ${most} characters`],
  );
}
