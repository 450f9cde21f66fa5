/** The git ports through git daemon, and what only a remote server can show. */
import { networkContract } from './git-network.contract.ts';
import { gitDaemon } from '../worlds/git-servers.ts';

networkContract('git daemon', gitDaemon);
