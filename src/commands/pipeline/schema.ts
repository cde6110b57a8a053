import { DreyCommand } from '../../cli/drey-command.ts';

export default class PipelineSchema extends DreyCommand {
  static override summary = 'Print the JSON Schema of pipeline files';
  static override description =
    'Editors that know YAML schemas complete and check pipeline files with it. The document is the schema itself, with and without --json.';
  static override examples = ['<%= config.bin %> <%= command.id %> > pipeline.schema.json'];

  async run(): Promise<void> {
    await this.parse(PipelineSchema);
    const { pipelineJsonSchema } = await import('../../pipeline/spec/json-schema.ts');
    await this.write(`${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`);
  }
}
