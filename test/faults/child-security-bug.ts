/** `mwpipe` with a bug: what applies patches throws their text. argv: workspace, patch tree, flags. */
import { runCommand } from '../../src/cli/run.ts';
import { fail, ok } from '../../src/kernel/outcome.ts';
import { applySecurity, readLock, type ResolveEvent, type Secured } from '../../src/resolve/index.ts';
import type { GitObjects, PatchMails } from '../../src/resolve/ports.ts';

const [root = '', folder = '', ...flags] = process.argv.slice(2);
const objects: Pick<GitObjects, 'fetch'> = { fetch: () => Promise.resolve(ok({ tree: '' })) };
const mails: PatchMails = {
  apply: ({ mails: [mail] }) => Promise.reject(new TypeError(`can't read ${mail?.reveal().toString() ?? ''}`)),
};

await runCommand<ResolveEvent, Secured>({
  flags: { json: flags.includes('--json'), ...(flags.includes('--reveal') ? { reveal: 'force' } : {}) },
  line: ({ code }) => code,
  verb: async ({ context }) => {
    const lock = await readLock(root, 'demo');
    if (!lock.ok) return fail(...lock.diagnostics);
    return applySecurity({ lock: lock.value, patches: { folder } }, { objects: objects as GitObjects, mails }, context);
  },
  show: () => ({ text: '', json: {} }),
});
