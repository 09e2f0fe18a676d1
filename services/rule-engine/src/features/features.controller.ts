import { FeatureId } from '@hermes/contracts/feature';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { z } from 'zod';
import { RulesService } from '../rules/rules.service.ts';
import { CountedFeaturesRepository } from './counted-features.ts';
import { FillTroubles } from './fill-troubles.ts';

const RuleFeatures = z.object({
  /** The newest version, and whether it is in force: it is once all of its features are filled. */
  version: z.number().int(),
  inForce: z.boolean(),
  features: z.array(
    z.object({
      id: FeatureId,
      version: z.number().int(),
      /** Whether it has been counted from history to the end, in every partition. */
      filled: z.boolean(),
      /** Why its fill waits, as far as this process knows; null when it goes on. */
      reason: z.string().nullable(),
    }),
  ),
});

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/rules/:id/features')
export class RuleFeaturesController {
  private readonly rules: RulesService;
  private readonly features: CountedFeaturesRepository;
  private readonly troubles: FillTroubles;
  constructor(
    @Inject(RulesService) rules: RulesService,
    @Inject(CountedFeaturesRepository) features: CountedFeaturesRepository,
    @Inject(FillTroubles) troubles: FillTroubles,
  ) {
    this.rules = rules;
    this.features = features;
    this.troubles = troubles;
  }

  /** What the rule asks for, and what its newest version waits for. */
  @Get()
  @ApiParam({ name: 'id', description: 'Rule id' })
  @Access({ role: 'viewer' })
  @zodOk(RuleFeatures)
  async of(@Param('p') project: string, @Param('id') id: string): Promise<z.infer<typeof RuleFeatures>> {
    const rule = await this.rules.get(project, id);
    const asked = await orUnavailable(this.features.askedBy(project, id));
    return {
      version: rule.version,
      inForce: asked.every(({ isFilled }) => isFilled),
      features: asked.map(({ id: feature, version, slot, isFilled }) => ({
        id: feature,
        version,
        filled: isFilled,
        reason: isFilled ? null : this.troubles.reasonOf(project, slot),
      })),
    };
  }
}
