/** The reference's pages by name, in the order in which a reader meets them. */
import { commandsPage } from './commands.ts';
import { diagnosticsPage, eventsPage } from './code-pages.ts';
import { exitCodesPage } from './exit-codes.ts';
import { filesPage, schemaFiles } from './files.ts';

export async function referencePages(root: string): Promise<ReadonlyMap<string, string>> {
  const pages: readonly (readonly [string, string])[] = [
    ['commands.md', await commandsPage()],
    ['files.md', filesPage(root)],
    ['events.md', eventsPage(root)],
    ['diagnostics.md', diagnosticsPage(root)],
    ['exit-codes.md', exitCodesPage()],
    ...schemaFiles(root),
  ];
  return new Map(pages);
}
