import type { IncomingMessage, ServerResponse } from 'node:http';
import { credentialOf } from '@hermes/service-kit/access';
import type { FirstAnswer } from '@hermes/service-kit/answer-first';
import type { ControlCopy } from '@hermes/service-kit/control-copy';
import { etagOf, matchesEtag } from './etag.ts';
import { isSubject, JSON_TYPE } from './profiles.controller.ts';
import type { ProfilesService } from './profiles.service.ts';

const QUESTION = /^\/v1\/projects\/([\w-]+)\/profiles\/([^/?#]+)\?features=([^&#+]*)$/;

/** Lists of features as they were asked for, decoded: an application asks for the same ones again and again. */
const MOST_LISTS = 1_000;

/**
 * The short way of the one request that comes thousands of times a second: named features of one subject, asked for with a key. It is
 * answered before the framework sees it, from the same service as on the usual way. Whatever is not just that (a person, a quota, an instant
 * of the past, a compressed answer, anything that will be refused) goes on to the controller, so that what a caller may do, and what it is
 * told, is decided there alone.
 */
export function readLane(control: Pick<ControlCopy, 'key' | 'project'>, profiles: ProfilesService): FirstAnswer {
  const lists = new Map<string, string>();
  const listOf = (raw: string): string | undefined => {
    const known = lists.get(raw);
    if (known !== undefined) return known;
    const list = decoded(raw);
    if (lists.size >= MOST_LISTS) lists.clear();
    if (list !== undefined) lists.set(raw, list);
    return list;
  };
  return (request, response, leave) => {
    const answer = plainRead(request, control, profiles, listOf);
    if (answer === undefined) return false;
    if (typeof answer === 'string') send(request, response, answer);
    // The controller asks once more, and says what is wrong.
    else answer.then((body) => send(request, response, body), leave);
    return true;
  };
}

/** The answer's text, or that on its way; undefined when the controller has to look at the request. */
function plainRead(
  { method, url = '', headers }: IncomingMessage,
  control: Pick<ControlCopy, 'key' | 'project'>,
  profiles: ProfilesService,
  listOf: (raw: string) => string | undefined,
): string | Promise<string> | undefined {
  if (method !== 'GET' || headers['accept-encoding']?.includes('gzip') === true) return undefined;
  const asked = QUESTION.exec(url);
  if (asked === null) return undefined;
  const [subject, features] = [decoded(asked[2]!), listOf(asked[3]!)];
  if (subject === undefined || features === undefined || !isSubject(subject)) return undefined;
  const credential = credentialOf(headers.authorization);
  const key = credential?.startsWith('hk_') === true ? control.key(credential) : undefined;
  const project = control.project(asked[1]!);
  if (key === undefined || project === undefined || key.project !== project.id) return undefined;
  if (!key.scopes.includes('profiles:read') || key.readsPerMinute !== undefined) return undefined;
  try {
    return profiles.readPlain(project, subject, features, { kind: 'key', key });
  } catch {
    return undefined;
  }
}

function decoded(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** As the controller answers. */
function send(request: IncomingMessage, response: ServerResponse, body: string): void {
  const etag = etagOf(body);
  const tags = ['etag', etag, 'cache-control', 'private, no-cache', 'vary', 'accept-encoding'];
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, tags);
    response.end();
    return;
  }
  const bytes = Buffer.byteLength(body);
  response.writeHead(200, [...tags, 'content-type', JSON_TYPE, 'content-length', String(bytes)]);
  // ASCII is the same in both, and quicker in the second.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
