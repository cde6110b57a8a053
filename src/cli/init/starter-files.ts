/** The files of a new pipeline: small, commented, runnable as they stand. */
export interface StarterFile {
  /** Relative to the new folder. */
  readonly path: string;
  readonly text: string;
}

const pipeline = `# Counts events and devices per minute. Run it:   drey run pipeline.yaml
# Check it:   drey pipeline validate pipeline.yaml
# Test it:    drey pipeline test pipeline.yaml
pipeline:
  name: events-per-minute

sources:
  events:
    connector: filesystem
    path: \${EVENTS:-./data/events.jsonl}     # another file: --param EVENTS=FILE
    format: json
    columns:
      ts: BIGINT
      deviceId: STRING
      event: STRING
      event_time: AS TO_TIMESTAMP_LTZ(ts, 3)
    watermark: { column: event_time, delay: 5s }

transforms:
  per_minute:
    from: events
    window: { type: tumble, size: 1min }
    group-by: [event]
    aggregate:
      events: COUNT(*)
      devices: COUNT(DISTINCT deviceId)

sinks:
  result:
    from: per_minute
    connector: print

tests:
  - name: a device counts once per minute
    steps:
      - input:
          events:
            - { ts: 1700000000000, deviceId: d1, event: click }
            - { ts: 1700000010000, deviceId: d1, event: click }
            - { ts: 1700000020000, deviceId: d2, event: click }
      - end: true
      - expect:
          result:
            - { window_start: "2023-11-14 22:13:00", event: click, events: 3, devices: 2 }
`;

const rows: readonly (readonly [atMs: number, device: string, event: string])[] = [
  [1_700_000_000_000, 'd1', 'view'],
  [1_700_000_004_000, 'd2', 'view'],
  [1_700_000_009_000, 'd1', 'click'],
  [1_700_000_015_000, 'd3', 'view'],
  [1_700_000_031_000, 'd1', 'view'],
  [1_700_000_048_000, 'd2', 'click'],
  [1_700_000_062_000, 'd3', 'click'],
  [1_700_000_080_000, 'd4', 'view'],
];

const events = rows
  .map(([ts, deviceId, event]) => `${JSON.stringify({ ts, deviceId, event })}\n`)
  .join('');

export const starterFiles: readonly StarterFile[] = [
  { path: 'data/events.jsonl', text: events },
  { path: 'pipeline.yaml', text: pipeline },
];
