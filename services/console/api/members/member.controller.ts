import { MemberDraft, MemberView } from '@hermes/contracts/console-api';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import { z } from 'zod';
import { SignedIn, Who } from '../sessions/session.guard.ts';
import type { Person } from '../sessions/session.repository.ts';
import { MemberService } from './member.service.ts';

const Email = z.email().toLowerCase();

@Controller('api/projects/:p/members')
@SignedIn('owner')
export class MemberController {
  private readonly members: MemberService;
  constructor(@Inject(MemberService) members: MemberService) {
    this.members = members;
  }

  @Get()
  @zodOk(z.object({ members: z.array(MemberView) }))
  async list(@Param('p') project: string): Promise<{ readonly members: readonly MemberView[] }> {
    return { members: await this.members.list(project) };
  }

  @Put(':email')
  @HttpCode(204)
  @zodBody(MemberDraft)
  async put(
    @Param('p') project: string,
    @Param('email') email: string,
    @Who() person: Person,
    @Body() body: unknown,
  ): Promise<void> {
    await this.members.put(project, parse(Email, email, 'e-mail'), parse(MemberDraft, body), person.email);
  }

  @Delete(':email')
  @HttpCode(204)
  async remove(@Param('p') project: string, @Param('email') email: string, @Who() person: Person): Promise<void> {
    await this.members.remove(project, parse(Email, email, 'e-mail'), person.email);
  }
}
