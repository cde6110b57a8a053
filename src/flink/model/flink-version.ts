/**
 * Flink's version and what depends on it. Which fields a request may have is decided here: servers
 * up to 1.19 refuse fields they do not know, later ones ignore them without a word.
 */

export interface FlinkVersion {
  /** As the server says it: `2.3.0`, `1.20-SNAPSHOT`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Null: no version that is known to look like this. */
export function parseFlinkVersion(text: string): FlinkVersion | null {
  const match = /^(\d{1,3})\.(\d{1,3})(?:[.-].*)?$/s.exec(text);
  return match === null ? null : { text, major: Number(match[1]), minor: Number(match[2]) };
}

export function isAtLeast({ major, minor }: FlinkVersion, wanted: `${number}.${number}`): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** The versions that drey is made for. */
export const SUPPORTED_MIN = '1.17';

/** What requests to a server may hold, and which endpoints it has. */
export interface Capabilities {
  /** The restore mode is called `claimMode`; else `restoreMode`. */
  readonly claimMode: boolean;
  /** PUT /jobs/:id/resource-requirements. */
  readonly resourceRequirements: boolean;
  /** POST /jars/:id/run-application. */
  readonly runApplication: boolean;
  /** Explicit INCREMENTAL checkpoints are accepted. */
  readonly incrementalCheckpoint: boolean;
}

/** An unknown version is taken for a new one: new servers ignore what they do not know. */
export function capabilitiesOf(version: FlinkVersion | null): Capabilities {
  const since = (wanted: `${number}.${number}`): boolean =>
    version === null || isAtLeast(version, wanted);
  return {
    claimMode: since('1.20'),
    resourceRequirements: since('1.18'),
    runApplication: since('2.3'),
    incrementalCheckpoint: version !== null && !isAtLeast(version, '1.18'),
  };
}
