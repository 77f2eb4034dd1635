/** A table of GitHub's Markdown. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return `${lines.map((cells) => `| ${cells.map(escape).join(' | ')} |`).join('\n')}\n`;
}

function escape(cell: string): string {
  return cell.replaceAll(/[\\|<]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
