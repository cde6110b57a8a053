/** The answer of `job bottleneck` for people: the vertices from source to sink, then the findings. */
import type { Role } from '../../ops/bottleneck/find-bottleneck.ts';
import type { Advice, Finding } from '../../ops/finding.ts';
import { shortened } from '../../output/graph/graph-view.ts';
import {
  countCell,
  durationCell,
  shareBarCell,
  shareCell,
  shortCountCell,
  textCell,
  type Cell,
  type Mood,
  type Section,
  type View,
} from '../../output/view.ts';
import type { AssessedVertex, BottleneckResult } from './bottleneck-of-job.ts';

export function bottleneckView(result: BottleneckResult): View {
  return {
    sections: [vertexTable(result.vertices), ...result.findings.map(findingSection)],
    names: result.bottleneck === null ? [] : [result.bottleneck.vertexId],
  };
}

/** Names of SQL operators would push the figures off the screen. */
const NAME_LENGTH_MAX = 40;
const BAR_WIDTH = 8;

const roleMoods: Readonly<Record<Role, Mood | undefined>> = {
  bottleneck: 'bad',
  'held-up': 'doubtful',
  busy: 'doubtful',
  relaxed: 'good',
  unknown: undefined,
};

function vertexTable(vertices: readonly AssessedVertex[]): Section {
  return {
    kind: 'table',
    empty: 'the job has no vertices',
    columns: [
      { key: 'name', heading: 'VERTEX' },
      { key: 'role', heading: 'ROLE' },
      { key: 'busyShareMax', heading: 'BUSY' },
      { key: 'backPressuredShareMax', heading: 'BACK-PRESSURED' },
      { key: 'recordsInPerSec', heading: 'IN/S' },
      { key: 'recordsOutPerSec', heading: 'OUT/S' },
      { key: 'parallelism', heading: 'SUBTASKS' },
      { key: 'busyShareMean', heading: 'BUSY MEAN', isWide: true },
      { key: 'startDelayMs', heading: 'START DELAY', isWide: true },
      { key: 'vertexId', heading: 'VERTEX ID', isWide: true },
    ],
    rows: vertices.map((vertex) => [
      textCell(shortened(vertex.name, NAME_LENGTH_MAX)),
      textCell(vertex.role, roleMoods[vertex.role]),
      barCell(vertex.busyShareMax),
      barCell(vertex.backPressuredShareMax),
      shortCountCell(vertex.recordsInPerSec),
      shortCountCell(vertex.recordsOutPerSec),
      countCell(vertex.parallelism),
      shareCell(vertex.busyShareMean),
      durationCell(vertex.startDelayMs),
      textCell(vertex.vertexId),
    ]),
  };
}

/** How busy, or how held up: the same bar wherever a vertex is shown. */
export function barCell(share: number | null): Cell {
  return shareBarCell(share, BAR_WIDTH);
}

/** A finding as lines below its title; the same wherever findings are shown. */
export function findingSection({
  severity,
  title,
  advice,
  confidence,
  explainedBy,
}: Finding): Section {
  const doubts = confidence === 'high' ? '' : ` (confidence: ${confidence})`;
  const reason = explainedBy === undefined ? '' : ` (because of ${explainedBy})`;
  return {
    kind: 'text',
    title: `${severity}: ${title}${doubts}${reason}`,
    lines: advice.flatMap(adviceLines),
  };
}

function adviceLines({ key, value, text }: Advice): readonly string[] {
  const option =
    key === undefined ? [] : [`      ${key}${value === undefined ? '' : `: ${value}`}`];
  return [`  - ${text}`, ...option];
}
