import { fakeReviews } from '../worlds/fakes/reviews.ts';
import { reviewsContract } from './reviews.contract.ts';

reviewsContract('fake', () => Promise.resolve(fakeReviews()));
