/** @module A disk of 4 MB for the tests of one that is full: a folder in, the disk or why there is none out. */

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk that is mounted. */
export interface Disk {
  readonly path: string;
  /** Leaves not a byte of room. */
  fill(): void;
  /** Makes the room again. */
  empty(): void;
  unmount(): void;
}

/** Mounts a disk at a folder, which is made. @returns why that is not possible */
export function smallDisk(path: string): Disk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root of Linux makes a small disk';
  try {
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    return `no disk could be mounted: ${error}`;
  }
  const other = join(path, 'other');
  return {
    path,
    fill() {
      const file = openSync(other, 'w');
      try {
        for (;;) writeSync(file, new Uint8Array(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(other),
    unmount: () => void execFileSync('umount', ['--lazy', path]),
  };
}
