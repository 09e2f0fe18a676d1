import { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { PublicationRepository } from '@hermes/service-kit/publication.repository';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';
import { ListCopies } from './lists-copy.ts';
import { ListEntriesRepository } from './list-entries.repository.ts';
import { ListsController } from './lists.controller.ts';
import { ListsRepository } from './lists.repository.ts';
import { ListsService } from './lists.service.ts';
import { publishLists } from './lists-topic.ts';
import { LIST_STATE } from './lists-transaction.ts';

/** What named lists add to the service. */
export interface ListsPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly repository: ListsRepository;
  readonly copies: ListCopies;
  readonly publisher: Pick<DefinitionPublisher<unknown>, 'takeUp' | 'release'>;
  /** Begins to publish: the database is there. */
  start(): void;
}

/** Named lists over HTTP, in PostgreSQL, on their topic and in this process. */
export function openLists(
  { kafka, logger, onShutdown }: Pick<ServiceRuntime, 'kafka' | 'logger' | 'onShutdown'>,
  pool: Pool,
): ListsPart {
  const copies = new ListCopies(kafka, logger);
  const publication = new PublicationRepository<PoolClient>(pool, {
    schema: SCHEMA,
    table: LIST_STATE,
    // What is to be published is read while it is: a list is too long to be held whole.
    load: (client) => Promise.resolve(client),
  });
  const publisher = new DefinitionPublisher(
    publication,
    publishLists(kafka, (project) => copies.known(project)),
    logger,
  );
  onShutdown('publisher of lists', () => publisher.close());
  const repository = new ListsRepository(pool);
  const service = new ListsService(repository, new ListEntriesRepository(pool), publisher);
  return {
    controllers: [ListsController],
    providers: [{ provide: ListsService, useValue: service }],
    repository,
    copies,
    publisher,
    start: () => publisher.start(),
  };
}
