/**
 * The supervisor spec of a `druid` sink: what Druid's Overlord is given so that it takes the topic
 * in. A pure function; equal sinks give equal bytes.
 */
import type { DruidDimension, DruidIngestion, DruidMetric } from './druid-ingestion.ts';

/** JSON-safe. Field names are Druid's. */
export interface SupervisorSpec {
  readonly type: 'kafka';
  readonly spec: {
    readonly dataSchema: Readonly<Record<string, unknown>> & { readonly dataSource: string };
    readonly ioConfig: Readonly<Record<string, unknown>>;
    readonly tuningConfig: Readonly<Record<string, unknown>>;
  };
}

const MS_PER_SECOND = 1_000;

export function supervisorSpec(ingestion: DruidIngestion): SupervisorSpec {
  const { datasource, topic, consumerProperties, timestamp, dimensions, metrics } = ingestion;
  const { isRollup, lateMessageMs, earlyMessageMs, taskCount, taskDurationMs } = ingestion;
  return {
    type: 'kafka',
    spec: {
      dataSchema: {
        dataSource: datasource,
        timestampSpec: { column: timestamp.column, format: timestamp.format },
        dimensionsSpec: { dimensions: dimensions.map(dimensionOf) },
        metricsSpec: metrics.map(metricOf),
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: ingestion.segmentGranularity.toUpperCase(),
          queryGranularity: ingestion.queryGranularity.toUpperCase(),
          rollup: isRollup,
        },
      },
      ioConfig: {
        type: 'kafka',
        topic,
        inputFormat: { type: 'json' },
        consumerProperties,
        // A new datasource holds the topic from its beginning on.
        useEarliestOffset: true,
        taskCount,
        taskDuration: period(taskDurationMs),
        ...(lateMessageMs !== null && { lateMessageRejectionPeriod: period(lateMessageMs) }),
        ...(earlyMessageMs !== null && { earlyMessageRejectionPeriod: period(earlyMessageMs) }),
      },
      tuningConfig: { type: 'kafka' },
    },
  };
}

function dimensionOf({ name, type }: DruidDimension): Readonly<Record<string, string>> {
  return { type, name };
}

function metricOf(metric: DruidMetric): Readonly<Record<string, string>> {
  const { name } = metric;
  switch (metric.kind) {
    case 'count':
      return { type: 'count', name };
    case 'sum':
      return { type: metric.isWhole ? 'longSum' : 'doubleSum', name, fieldName: metric.column };
    case 'sketch':
      return { type: sketchTypes[metric.type], name, fieldName: metric.column };
  }
}

/** Druid's names. */
const sketchTypes = { theta: 'thetaSketch', hll: 'HLLSketchBuild', 'hyper-unique': 'hyperUnique' };

/** As ISO 8601 writes it. */
function period(durationMs: number): string {
  return `PT${durationMs / MS_PER_SECOND}S`;
}
