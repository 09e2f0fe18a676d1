import { exampleDeal } from './example-event.ts';
import type { RunRecord } from './run-record.ts';

/** What is printed when all is up: where things are, and lines to paste that show the way of one event. */
export function welcome(record: RunRecord, seconds: string): string {
  const { environment, demo } = record;
  const lines = [
    '',
    `Hermes is ready (${seconds} s)`,
    '',
    `  Console   ${environment['CONSOLE_URL']}`,
    `  Sign in   ${environment['HERMES_ADMIN_EMAIL']}   password ${environment['HERMES_ADMIN_PASSWORD']}`,
    ...(demo === null ? [] : tryIt(environment, demo)),
    '',
    '  npm run status says what runs where. Ctrl-C stops everything; the data stay.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function tryIt(environment: Readonly<Record<string, string>>, demo: { writeKey: string; readKey: string }): string[] {
  const { event, subject } = exampleDeal(Date.now());
  const read = `curl -s -H 'Authorization: Bearer ${demo.readKey}'`;
  return [
    '',
    '  Send an event (a deal over the limit of a rule):',
    `    curl -s -H 'Authorization: Bearer ${demo.writeKey}' -H 'Content-Type: application/cloudevents+json' \\`,
    `      ${environment['INGEST_URL']}/v1/events -d '${JSON.stringify(event)}'`,
    '  Read the profile of its broker:',
    `    ${read} ${environment['PROFILE_STORE_URL']}/v1/projects/demo/profiles/${subject}`,
    '  List the alerts:',
    `    ${read} '${environment['ALERTING_URL']}/v1/projects/demo/alerts?limit=5'`,
  ];
}
