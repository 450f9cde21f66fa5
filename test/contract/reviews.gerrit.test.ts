/** The port of reviews on a small real Gerrit. */
import { gerritWorld } from '../worlds/gerrit.ts';
import { reviewsContract } from './reviews.contract.ts';

reviewsContract('gerrit', () => gerritWorld({ core: { 'a.php': '<?php' }, 'extensions/Echo': { 'a.php': '<?php' } }));
