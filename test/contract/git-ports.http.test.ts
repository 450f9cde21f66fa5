/** The git ports through smart HTTP, and what only a remote server can show. */
import { networkContract } from './git-network.contract.ts';
import { smartHttp } from '../worlds/git-servers.ts';

networkContract('smart HTTP', smartHttp);
