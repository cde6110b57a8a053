/** The programs of the JDK: those of JAVA_HOME, else those that the shell would find. */
import { join } from 'node:path';

export function javaTool(name: 'java' | 'javac' | 'jar'): string {
  const home = process.env['JAVA_HOME'];
  return home === undefined || home === '' ? name : join(home, 'bin', name);
}
