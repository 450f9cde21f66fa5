/** Gerrit's REST behind the port of resolve, made for the mirrors of one workspace. */
import type { Reviews } from '../../resolve/ports.ts';
import { restClient, type MirrorRule, type RestLimits } from './rest-client.ts';
import { gerritReviews } from './reviews.ts';

export interface GerritOptions {
  readonly mirrors: readonly MirrorRule[];
  readonly limits?: RestLimits;
}

export function openReviews({ mirrors, limits }: GerritOptions): Reviews {
  return gerritReviews(restClient(mirrors, limits));
}
