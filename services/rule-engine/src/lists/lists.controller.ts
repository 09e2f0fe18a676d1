import {
  ListChanged,
  ListDraft,
  ListEntriesChange,
  ListEntriesPage,
  ListMembership,
  NamedList,
  NamedLists,
} from '@hermes/contracts/named-list';
import { Access, Caller, type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { zodBody, zodOk } from '@hermes/service-kit/openapi';
import { parse } from '@hermes/service-kit/problem';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { linesOfRequest } from './line-bodies.ts';
import { ListsService } from './lists.service.ts';

const PageQuery = z.strictObject({
  after: z.string().max(1_000).default(''),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});
const UploadQuery = z.strictObject({ mode: z.enum(['add', 'replace']) });

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/lists')
export class ListsController {
  private readonly lists: ListsService;
  constructor(@Inject(ListsService) lists: ListsService) {
    this.lists = lists;
  }

  @Get()
  @Access({ role: 'viewer' })
  @zodOk(NamedLists)
  async list(@Param('p') project: string): Promise<z.infer<typeof NamedLists>> {
    return { lists: [...(await this.lists.list(project))] };
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'List id' })
  @Access({ role: 'viewer' })
  @zodOk(NamedList)
  get(@Param('p') project: string, @Param('id') id: string): Promise<NamedList> {
    return this.lists.get(project, id);
  }

  /** Makes the list (201), empty, or gives it another name. */
  @Put(':id')
  @ApiParam({ name: 'id', description: 'List id' })
  @Access({ role: 'editor' })
  @zodBody(ListDraft)
  @zodOk(NamedList)
  @zodOk(NamedList, 201, 'A new list')
  async put(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NamedList> {
    const { list, isNew } = await this.lists.save(project, id, parse(ListDraft, body), nameOfCaller(caller));
    void reply.status(isNew ? 201 : 200);
    return list;
  }

  /** Takes the list away; 409 `list-in-use` while a rule asks it. */
  @Delete(':id')
  @ApiParam({ name: 'id', description: 'List id' })
  @HttpCode(204)
  @Access({ role: 'editor' })
  async delete(@Param('p') project: string, @Param('id') id: string, @Caller() caller: CallerIdentity): Promise<void> {
    await this.lists.delete(project, id, nameOfCaller(caller));
  }

  /** Adds and removes entries; all of them or, where something is wrong, none. */
  @Post(':id/entries')
  @ApiParam({ name: 'id', description: 'List id' })
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodBody(ListEntriesChange)
  @zodOk(ListChanged)
  async change(
    @Param('p') project: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Caller() caller: CallerIdentity,
  ): Promise<ListChanged> {
    return this.lists.change(project, id, parse(ListEntriesChange, body), nameOfCaller(caller));
  }

  /** Takes up to a million entries, one a line, beside those that are there or in their place; read as they come. */
  @Post(':id/entries/upload')
  @ApiParam({ name: 'id', description: 'List id' })
  @ApiQuery({ name: 'mode', enum: ['add', 'replace'] })
  @ApiConsumes('application/x-ndjson', 'text/csv')
  @HttpCode(200)
  @Access({ role: 'editor' })
  @zodOk(ListChanged)
  async upload(
    @Param('p') project: string,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Caller() caller: CallerIdentity,
  ): Promise<ListChanged> {
    const { mode } = parse(UploadQuery, query, 'query');
    return this.lists.upload(project, id, linesOfRequest(request), mode, nameOfCaller(caller));
  }

  /** Entries in the order of their UTF-8 bytes. */
  @Get(':id/entries')
  @ApiParam({ name: 'id', description: 'List id' })
  @ApiQuery({ name: 'after', required: false, description: 'Where the page before ended' })
  @ApiQuery({ name: 'limit', required: false })
  @Access({ role: 'viewer' })
  @zodOk(ListEntriesPage)
  async page(@Param('p') project: string, @Param('id') id: string, @Query() query: unknown): Promise<ListEntriesPage> {
    const { after, limit } = parse(PageQuery, query, 'query');
    return this.lists.page(project, id, after, limit);
  }

  @Get(':id/entries/:entry')
  @ApiParam({ name: 'id', description: 'List id' })
  @ApiParam({ name: 'entry', description: 'What may stand in it' })
  @Access({ role: 'viewer' })
  @zodOk(ListMembership)
  membership(
    @Param('p') project: string,
    @Param('id') id: string,
    @Param('entry') entry: string,
  ): Promise<ListMembership> {
    return this.lists.membership(project, id, entry);
  }
}
