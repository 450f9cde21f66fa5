/** A checkout of another farm's config is checked and compared, never served: hosts, databases and secrets are not ours. */
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Bundle } from '../bundle/bundle.ts';

/** Instances refuse it too; here it is said before anything is built, staged or moved. @returns fails with `config/raw-not-served` */
export function refuseRaw({ raw, overlays }: Pick<Bundle, 'raw' | 'overlays'>): Outcome<void> {
  if (raw === undefined) return ok();
  return fail({
    code: 'config/raw-not-served',
    message: `${overlays.map(quote).join(', ')} is a whole checkout: its hosts, databases and secrets are another farm's, so no instance serves it`,
    hint: 'mwpipe config check evaluates it for all its wikis, mwpipe config diff shows what it would change; name another overlay in the target’s overlays to serve one',
    at: raw.at,
    exit: 'refused',
  });
}

/** For who tells of it: what can't be pushed is not to be recommended. */
export function rawMark({ raw }: Pick<Bundle, 'raw'>): { readonly raw?: true } {
  return raw === undefined ? {} : { raw: true };
}
