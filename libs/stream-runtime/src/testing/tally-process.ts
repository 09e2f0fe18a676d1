/** A processor of the test logic in a process of its own: `node tally-process.ts <settings as JSON>`. */
import { startProcessor } from '../start-processor.ts';
import { openTestKafka } from './servers.ts';
import { injectAll } from './tally-injections.ts';
import { type TallyProcessSettings, tallyOptions } from './tally-room.ts';

const settings = JSON.parse(process.argv[2]!) as TallyProcessSettings;
const { room, groupId, definitionsTopic, maxKeysPerStep, injections } = settings;
const processor = await startProcessor(
  tallyOptions(room, openTestKafka(`${room.name}-${process.pid}`, room.brokers), {
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...(groupId === undefined ? {} : { groupId }),
    ...(maxKeysPerStep === undefined ? {} : { limits: { maxKeysPerStep } }),
    ...(definitionsTopic === undefined
      ? {}
      : { definitions: { topic: definitionsTopic, empty: 0, build: (number) => number } }),
  }),
);
process.on('SIGTERM', () => {
  void processor.close().then(() => process.exit(0));
});
if (injections !== undefined) void injectAll(processor, room, injections);
