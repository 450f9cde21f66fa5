/** What happens while files are watched. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';

export type WatchEvent =
  | { readonly code: 'config/watching'; readonly folders: readonly string[] }
  | {
      readonly code: 'config/save-live';
      readonly bundle: string;
      /** Paths that were saved; none at the start. */
      readonly because: readonly string[];
      readonly ms: number;
    }
  | { readonly code: 'config/save-refused'; readonly diagnostics: readonly Diagnostic[]; readonly ms: number };
