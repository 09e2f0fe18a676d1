import { languageOf } from '@hermes/contracts/language';
import { SqlCatalog } from '@hermes/contracts/sql-catalog';
import { Access } from '@hermes/service-kit/access';
import { zodOk } from '@hermes/service-kit/openapi';
import { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import { Controller, Get, Headers, Inject, Param } from '@nestjs/common';
import { ApiHeader, ApiParam } from '@nestjs/swagger';
import { allEventsTable, eventTables } from './event-table.ts';
import { LANGUAGE } from './language.ts';

@ApiParam({ name: 'p', description: 'Project id' })
@Controller('v1/projects/:p/sql')
export class CatalogController {
  private readonly events: EventCatalogue;
  constructor(@Inject(EventCatalogue) events: EventCatalogue) {
    this.events = events;
  }

  /**
   * What an editor of SQL completes from: functions, connectors with their options, settings, types, reserved words, and for each event type of the
   * project a table and a view that are ready to be put before a query. Comments in them are in the language of `Accept-Language`.
   */
  @Get('catalog')
  @Access({ role: 'viewer' })
  @ApiHeader({ name: 'accept-language', required: false, description: 'en, zh' })
  @zodOk(SqlCatalog)
  catalog(@Param('p') project: string, @Headers('accept-language') accepted: string | undefined): SqlCatalog {
    const language = languageOf(accepted);
    const types = this.events.types(project);
    return {
      ...LANGUAGE,
      eventTypes: types === undefined ? null : [...eventTables(types, language)],
      events: allEventsTable(language),
    };
  }
}
