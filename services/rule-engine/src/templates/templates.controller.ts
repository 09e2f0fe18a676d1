import { languageOf } from '@hermes/contracts/language';
import { RuleDraft } from '@hermes/contracts/rule';
import { FilledTemplate, RuleTemplates } from '@hermes/contracts/rule-template';
import { ruleTemplates } from '@hermes/rules/templates/rule-template';
import { Access } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { z } from 'zod';
import { TemplatesService } from './templates.service.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/rule-templates')
export class TemplatesController {
  private readonly templates: TemplatesService;
  constructor(@Inject(TemplatesService) templates: TemplatesService) {
    this.templates = templates;
  }

  /** The checks on a broker's day, as forms. */
  @Get()
  @Access({ role: 'viewer' })
  @zodOk(RuleTemplates)
  list(): z.infer<typeof RuleTemplates> {
    return { templates: [...ruleTemplates()] };
  }

  /** The draft of a rule from what a form gave, with its tests: save it as any other. Nothing is saved here. */
  @Post(':kind')
  @ApiParam({ name: 'kind', description: 'Of the template' })
  @HttpCode(200)
  @Access({ role: 'viewer' })
  @zodBody(FilledTemplate)
  @zodOk(RuleDraft)
  draft(
    @Param('p') project: string,
    @Param('kind') kind: string,
    @Body() body: unknown,
    @Headers('accept-language') languages: string | undefined,
  ): RuleDraft {
    return this.templates.draft(project, kind, parse(FilledTemplate, body ?? {}), languageOf(languages));
  }
}
