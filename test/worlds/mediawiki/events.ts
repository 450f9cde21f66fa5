/** What happens while the world is made. */
export type WorldEvent =
  | { readonly code: 'world/reused'; readonly remotes: number }
  | { readonly code: 'world/source-found'; readonly file: string; readonly bytes: number }
  | { readonly code: 'world/source-fetched'; readonly file: string; readonly bytes: number; readonly ms: number }
  | { readonly code: 'world/source-differs'; readonly file: string; readonly expected: string; readonly found: string }
  | { readonly code: 'world/import-advanced'; readonly files: number; readonly bytes: number }
  | { readonly code: 'world/made'; readonly remotes: number; readonly files: number; readonly ms: number };

export function worldLine(event: WorldEvent): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  switch (event.code) {
    case 'world/reused':
      return `world: ${event.remotes} repos, made before`;
    case 'world/source-found':
      return `world: MediaWiki's source is here (${megabytes(event.bytes)}): ${event.file}`;
    case 'world/source-fetched':
      return `world: fetched ${event.file} from Debian (${megabytes(event.bytes)}) in ${seconds(event.ms)}`;
    case 'world/source-differs':
      return `world: Debian has another MediaWiki now, so commits differ from the committed locks: ${event.file}`;
    case 'world/import-advanced':
      return `world: ${event.files} files in git (${megabytes(event.bytes)})`;
    case 'world/made':
      return `world: ${event.remotes} repos from ${event.files} files in ${seconds(event.ms)}`;
  }
}
