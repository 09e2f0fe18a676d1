import { Review, ReviewBody, Reviews, ReviewStatus } from '@hermes/contracts/review-api';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { isPlaceInList } from '../decisions/place-in-list.ts';
import { ReleaseSender } from './release-sender.ts';
import { ReviewsRepository } from './reviews.repository.ts';

const ReviewsQuery = z.strictObject({
  status: ReviewStatus.optional(),
  ruleId: z.string().min(1).max(64).optional(),
  /** `next` of the page before. */
  before: z.string().refine(isPlaceInList, "give the 'next' of an answer").optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/reviews')
export class ReviewsController {
  private readonly reviews: ReviewsRepository;
  private readonly sender: Pick<ReleaseSender, 'sendSoon'>;
  constructor(@Inject(ReviewsRepository) reviews: ReviewsRepository, @Inject(ReleaseSender) sender: ReleaseSender) {
    this.reviews = reviews;
    this.sender = sender;
  }

  /** Decisions that rules hold, newest first; here within a second or two of the decision. */
  @Get()
  @Access({ role: 'viewer' })
  @ApiQuery({ name: 'status', required: false, enum: ReviewStatus.options })
  @ApiQuery({ name: 'ruleId', required: false })
  @ApiQuery({ name: 'before', required: false, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false })
  @zodOk(Reviews)
  async list(@Param('p') project: string, @Query() query: unknown): Promise<Reviews> {
    const { before, ...filter } = parse(ReviewsQuery, query, 'query');
    const [heldAt, decisionId] = before === undefined ? [] : [before.slice(0, 24), before.slice(25)];
    const after = heldAt === undefined || decisionId === undefined ? undefined : { heldAt, decisionId };
    const found = await orUnavailable(this.reviews.list(project, { ...filter, after, limit: filter.limit + 1 }));
    const reviews = found.slice(0, filter.limit);
    const last = found.length > filter.limit ? reviews.at(-1) : undefined;
    return { reviews, next: last === undefined ? null : `${last.heldAt}/${last.decisionId}` };
  }

  /** Lets a held decision go, or refuses it. The same again changes nothing; the other is 409 `already-reviewed`. */
  @Post(':decisionId')
  @HttpCode(200)
  @ApiParam({ name: 'decisionId', description: 'Decision id' })
  @Access({ role: 'editor' })
  @zodBody(ReviewBody)
  @zodOk(Review)
  async review(
    @Param('p') project: string,
    @Param('decisionId') decisionId: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<Review> {
    const given = { ...parse(ReviewBody, body), by: nameOfCaller(caller) };
    const reviewed = await orUnavailable(this.reviews.review(project, decisionId, given));
    if (reviewed.kind === 'missing')
      throw notFound('review', decisionId, 'It may be less than 2 s old, or was never held: GET reviews lists them.');
    const { review } = reviewed;
    if (reviewed.kind === 'contradicted')
      throw new ProblemError({
        status: 409,
        code: 'already-reviewed',
        title: 'Somebody has decided already',
        detail: `${review.by ?? 'somebody'} has ${review.status} it at ${review.at ?? 'some time'}; what was said first counts.`,
      });
    if (review.status === 'released') this.sender.sendSoon();
    return review;
  }
}
