/**
 * The base of all commands: global flags, where output goes, and the translation of the parser's
 * errors. A command parses, calls one workflow, shows the result and returns it; under --json the
 * returned value is the one document on standard output.
 */
import { Command, Errors } from '@oclif/core';
import { nearestName } from '../document/nearest-name.ts';
import { UsageError } from '../errors/drey-error.ts';
import { jsonDocument } from '../output/json-document.ts';
import { createPalette, wantsColour, type Palette } from '../output/palette.ts';
import { createRealPlatform } from '../platform/real/real-platform.ts';
import { realTerminal } from '../platform/real/terminal.ts';
import type { World } from './report-failure.ts';
import { globalFlagDeclarations, readGlobalFlags, type GlobalFlags } from './global-flags.ts';

export abstract class DreyCommand extends Command {
  static override baseFlags = globalFlagDeclarations;

  protected readonly world: World = { platform: createRealPlatform(), terminal: realTerminal };
  /** Set by a command whose answer is not good although nothing failed. */
  protected exitStatus = 0;
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

  /** Writes text for people to standard output; nothing under --json. */
  protected async show(text: string): Promise<void> {
    if (this.jsonEnabled()) return;
    // Nobody reads any more when this is false, and that is no failure.
    await this.world.platform.streams.writeOutput(Buffer.from(text));
  }

  protected override async init(): Promise<void> {
    await super.init();
    const unused = this.globalFlags.cluster;
    if (unused.length === 0 || this.jsonEnabled()) return;
    this.world.platform.streams.writeError(
      `note: ${unused.join(', ')} has no effect here: this command reaches no cluster\n`,
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
    throw this.usageErrorOf(error) ?? error;
  }

  /** The parser's error about a flag that does not exist, with the nearest one that does. */
  private usageErrorOf(error: Error): UsageError | null {
    if (!(error instanceof Errors.CLIError) || !('flags' in error)) return null;
    if (!Array.isArray(error.flags)) return null;
    const unknown = error.flags.map(String);
    const known = { ...this.ctor.flags, ...this.ctor.baseFlags };
    const names = Object.entries(known)
      .filter(([, flag]) => flag.hidden !== true)
      .map(([name]) => `--${name}`);
    const nearest = nearestName(unknown[0] ?? '', names);
    const command = `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`;
    return new UsageError('DREY_USAGE', `${command} has no flag ${unknown.join(', ')}`, {
      hint: nearest === null ? `Run ${command} --help for its flags.` : `Did you mean ${nearest}?`,
      details: { flags: unknown, ...(nearest === null ? {} : { nearest }) },
      cause: error,
    });
  }
}
