import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import type { UploadResult } from '../../cli/jar/upload-jar.ts';

export default class JarUpload extends ClusterCommand {
  static override summary = 'Upload a jar to the JobManager';
  static override description =
    'Checks the file, sends it as it is read, and prints its id. A jar with the same content that is there already is not sent again. For one run there is job run, which deletes the jar afterwards.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> target/my-job.jar',
    '<%= config.bin %> jar run $(<%= config.bin %> <%= command.id %> my-job.jar -o name)',
  ];
  static override args = {
    file: Args.string({ required: true, description: 'Path of the jar.' }),
  };

  async run(): Promise<UploadResult | undefined> {
    const { args, flags } = await this.parse(JarUpload);
    const { uploadJar, uploadView } = await import('../../cli/jar/upload-jar.ts');
    return this.answer(flags, {
      ask: (session) => uploadJar(session, args.file),
      view: uploadView,
    });
  }
}
