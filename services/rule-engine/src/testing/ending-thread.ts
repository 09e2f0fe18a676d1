/** A thread that ends as `workerData.setting.project` says, in the place of one that runs a rule over the past. */
import { parentPort, workerData } from 'node:worker_threads';

const { project } = (workerData as { readonly setting: { readonly project: string } }).setting;
const kept: number[][] = [];
if (project === 'hungry') for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => i + kept.length));
if (project === 'throwing') throw new Error('the test said so');
if (project === 'leaving') process.exit(3);
parentPort?.postMessage({ kind: 'progress', progress: { fraction: 0.5, events: 7, eventsPerSecond: 7 } });
if (project === 'waiting') setInterval(() => undefined, 1_000);
