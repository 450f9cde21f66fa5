/** A runner whose images have these Debian packages, and whose archive has newer ones of some. */
import { ok } from '../../../src/kernel/outcome.ts';
import type { Runner } from '../../../src/kernel/runner.ts';

export const packageRunner: Runner = {
  run: ({ argv }, output) => {
    output.stderr('WARNING: apt does not have a stable CLI interface.\n');
    output.stdout(argv[0] === 'dpkg-query' ? 'adduser\t3.134\nopenssl\t3.0.16-1~deb12u1\n' : UPGRADABLE);
    return Promise.resolve(ok({ exitCode: 0, timedOut: false }));
  },
};

const UPGRADABLE = `Listing...
adduser/stable 3.135 all [upgradable from: 3.134]
openssl/stable-security,stable 3.0.17-1~deb12u3 amd64 [upgradable from: 3.0.16-1~deb12u1]
`;
