/** Files that hold a secret are for their owner only. */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';

const GROUP_AND_OTHERS = 0o077;

/** Says nothing where the system has no such permissions, or there is no such file. */
export async function refuseUnlessPrivate(path: string, { files }: Platform): Promise<void> {
  const bits = await files.permissions(path);
  if (bits === null || (bits & GROUP_AND_OTHERS) === 0) return;
  const message = `${path} holds a secret and can be read by others (mode ${bits.toString(8)})`;
  throw new InputError('DREY_CREDENTIAL_EXPOSED', message, {
    hint: `Restrict it: chmod 600 ${path} (in Kubernetes: defaultMode: 0400 of the volume).`,
    details: { file: path },
  });
}
