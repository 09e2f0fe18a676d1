import { join } from 'node:path';
import type { Report } from '../parts/cache.ts';
import { findJava } from '../parts/java.ts';
import { installFromMaven, installFromPip } from '../parts/packages.ts';

const version = '2.2.0';
/** Raised when stack/parts/flink-jars names other jars. */
const jarsVersion = `${version}-2`;

/** Where the parts of Flink lie once they are installed. */
export interface FlinkHome {
  /** A Java of 17 or newer. */
  readonly java: string;
  readonly lib: string;
  readonly opt: string;
  readonly plugins: string;
  /** What the wheel lacks: the SQL Gateway and the connectors for Kafka, PostgreSQL and generated data. */
  readonly jars: string;
}

/**
 * Fetches Flink into the user's cache unless it is there: a wheel of 312 MB from the Python package index and some jars
 * through Maven, each compared with its pinned SHA-256. Only what asks for a Flink calls this.
 */
export async function installFlink(report: Report): Promise<FlinkHome> {
  const java = await findJava(report);
  const wheel = await installFromPip('flink', version, '312 MB', report);
  const jars = await installFromMaven('flink-jars', jarsVersion, '13 MB', report, java);
  const home = join(wheel, 'pyflink');
  return { java, lib: join(home, 'lib'), opt: join(home, 'opt'), plugins: join(home, 'plugins'), jars };
}
