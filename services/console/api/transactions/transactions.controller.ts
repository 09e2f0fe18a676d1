import { Transactions } from '@hermes/contracts/console-api';
import { zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ProjectService } from '../projects/project.service.ts';
import { SignedIn } from '../sessions/session.guard.ts';
import { RangeQuery } from './range.ts';
import { TransactionsService } from './transactions.service.ts';

@Controller('api/projects/:p/transactions')
export class TransactionsController {
  private readonly projects: ProjectService;
  private readonly transactions: TransactionsService;
  constructor(
    @Inject(ProjectService) projects: ProjectService,
    @Inject(TransactionsService) transactions: TransactionsService,
  ) {
    this.projects = projects;
    this.transactions = transactions;
  }

  @Get()
  @SignedIn('viewer')
  @Header('cache-control', 'no-store')
  @zodOk(Transactions)
  async read(@Param('p') project: string, @Query() query: unknown): Promise<Transactions> {
    const range = parse(RangeQuery, query, 'query');
    return await this.transactions.read(await this.projects.get(project), range, Date.now());
  }
}
