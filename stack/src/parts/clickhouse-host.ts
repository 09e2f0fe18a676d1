/**
 * The process that is ClickHouse: it loads libchdb.so and hands it a command line that opens ClickHouse's own HTTP
 * server and then sleeps for ever. Nothing else happens here, and never in a worker thread, where the library crashes.
 *
 * Arguments: the part's folder, then the command line.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface ForeignFunctions {
  open(options: { library: string; path: string }): void;
  load(call: {
    library: string;
    funcName: string;
    retType: number;
    paramsType: number[];
    paramsValue: unknown[];
    runInNewThread: boolean;
  }): Promise<unknown>;
  DataType: { I32: number; StringArray: number; External: number };
}

const [home = '', ...argv] = process.argv.slice(2);
const load = createRequire(join(home, 'package.json'));
const ffi = load('ffi-rs') as ForeignFunctions;

ffi.open({ library: 'chdb', path: join(home, 'node_modules/@chdb/lib-linux-x64-gnu/libchdb.so') });
await ffi.load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: ffi.DataType.External,
  paramsType: [ffi.DataType.I32, ffi.DataType.StringArray],
  paramsValue: [argv.length, argv],
  runInNewThread: true,
});
process.stderr.write('ClickHouse ended by itself\n');
process.exit(1);
