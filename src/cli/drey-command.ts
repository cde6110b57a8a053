/**
 * The base of all commands: global flags, where output goes, and the translation of the parser's
 * errors. A command parses, calls one workflow, shows the result and returns it; under --json the
 * returned value is the one document on standard output.
 */
import { Command } from '@oclif/core';
import { jsonDocument } from '../output/json-document.ts';
import type { View } from '../output/view.ts';
import type { ClusterFlags } from './cluster/cluster-flags.ts';
import { createPalette, wantsColour, type Palette } from '../output/palette.ts';
import { createRealPlatform } from '../platform/real/real-platform.ts';
import { realTerminal } from '../platform/real/terminal.ts';
import { reportFailureLine, type World } from './report-failure.ts';
import { usageErrorOf } from './usage-error.ts';
import { globalFlagDeclarations, readGlobalFlags, type GlobalFlags } from './global-flags.ts';

export abstract class DreyCommand extends Command {
  static override baseFlags = globalFlagDeclarations;

  protected readonly world: World = { platform: createRealPlatform(), terminal: realTerminal };
  /** Set by a command whose answer is not good although nothing failed. */
  protected exitStatus = 0;
  /** True for a command that tells programs what happens in JSON lines on standard error. */
  protected readonly tellsInLines: boolean = false;
  /** False: --url and its like have no effect, which is said. */
  protected readonly reachesCluster: boolean = false;
  /** Those of --context, --url and --timeout that have one all the same. */
  protected readonly heededFlags: readonly string[] = [];
  private hasRows = false;
  private documentWritten: Promise<unknown> = Promise.resolve();

  protected get globalFlags(): GlobalFlags {
    return readGlobalFlags(this.argv);
  }

  /** Colours for what goes to standard output. */
  protected get palette(): Palette {
    return createPalette(
      wantsColour({
        isTerminal: this.world.terminal.isOutputTerminal,
        noColorFlag: this.globalFlags.noColor,
        environment: this.world.platform.environment,
      }),
    );
  }

  override jsonEnabled(): boolean {
    return this.globalFlags.json;
  }

  /** From now on standard output carries rows, and nothing else may go there. */
  protected giveOutputToRows(): void {
    this.hasRows = true;
  }

  protected get outputHasRows(): boolean {
    return this.hasRows;
  }

  /** Writes text for people to standard output; nothing under --json. */
  protected async show(text: string): Promise<void> {
    if (!this.jsonEnabled()) await this.write(text);
  }

  /** Shows a result in the form that was asked for; nothing under --json, which comes by itself. */
  protected async print(flags: ClusterFlags, result: object, view: View): Promise<void> {
    if (this.jsonEnabled()) return;
    const { printAnswer } = await import('./cluster/print-answer.ts');
    await printAnswer(this.world, flags, { result, view });
  }

  /** Writes text to standard output, in any case. */
  protected async write(text: string): Promise<void> {
    // Nobody reads any more when this is false, and that is no failure.
    await this.world.platform.streams.writeOutput(Buffer.from(text));
  }

  protected override async init(): Promise<void> {
    await super.init();
    const unused = this.globalFlags.cluster.filter((flag) => !this.heededFlags.includes(flag));
    if (this.reachesCluster || unused.length === 0 || this.jsonEnabled()) return;
    this.world.platform.streams.writeError(
      `note: without effect here, because this command reaches no Flink cluster: ${unused.join(', ')}\n`,
    );
  }

  protected override async _run<T>(): Promise<T> {
    const result = await super._run<T>();
    await this.documentWritten;
    if (this.exitStatus !== 0) this.exit(this.exitStatus);
    return result;
  }

  protected override logJson(document: object): void {
    const bytes = Buffer.from(jsonDocument(document));
    this.documentWritten = this.world.platform.streams.writeOutput(bytes);
  }

  /** oclif would print here; the main module prints all errors, in one form. */
  protected override async catch(error: Error): Promise<never> {
    const failure = this.usageErrorOf(error) ?? error;
    if (!this.jsonEnabled() || !this.tellsInLines) throw failure;
    const exit = reportFailureLine(failure, this.world);
    if (this.outputHasRows && exit !== null) this.exit(exit);
    throw failure;
  }

  private usageErrorOf(error: Error): Error | null {
    const known = { ...this.ctor.flags, ...this.ctor.baseFlags };
    return usageErrorOf(error, {
      verb: `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`,
      flagNames: Object.entries(known)
        .filter(([, flag]) => flag.hidden !== true)
        .map(([name]) => `--${name}`),
    });
  }
}
