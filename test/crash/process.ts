/** @module The process of one participant, seen from the crash test: it is started, killed, started again, asked, and ended. */

import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Ask, Settings, Tell } from './words.ts';

/** All that was started and has not ended, for {@link endAll}. */
const alive = new Set<ChildProcess>();

/** A participant's node. */
export class ParticipantProcess {
  readonly #program: string;
  readonly #settings: Settings;
  readonly #log: string;
  readonly #heard: (words: Tell) => void;
  #child: ChildProcess | undefined;
  #isEnding = false;
  #fail: (error: Error) => void = () => {};
  /** Rejects when it ends and nobody has ended it. */
  readonly died: Promise<never>;

  /**
   * @param program the file that is run
   * @param log file to which its output is added
   * @param heard takes what it says
   */
  constructor(program: string, settings: Settings, log: string, heard: (words: Tell) => void) {
    this.#program = program;
    this.#settings = settings;
    this.#log = log;
    this.#heard = heard;
    this.died = new Promise((_, fail) => {
      this.#fail = fail;
    });
    this.died.catch(() => {}); // also where nobody waits for it any more
  }

  /** Starts it. Resolves when it is ready. */
  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const child = fork(this.#program, [JSON.stringify(this.#settings)], {
      stdio: ['ignore', log, log, 'ipc'],
      execArgv: [],
    });
    closeSync(log);
    this.#child = child;
    this.#isEnding = false;
    alive.add(child);
    child.on('exit', (code, signal) => {
      alive.delete(child);
      if (!this.#isEnding)
        this.#fail(new Error(`${this.name} ended by itself (${code ?? signal}): ${this.#log}`));
    });
    await new Promise<void>((resolve) => {
      child.on('message', (words: Tell) => {
        if (words.tell === 'ready') resolve();
        else this.#heard(words);
      });
    });
  }

  /** Kills it by SIGKILL, at whatever it is doing. What it has said before is still heard. */
  async kill(): Promise<void> {
    const child = this.#begun();
    this.#isEnding = true;
    const ended = Promise.all([
      event(child, 'exit'),
      child.connected ? event(child, 'disconnect') : undefined,
    ]);
    child.kill('SIGKILL');
    await ended;
  }

  /** Ends it in order. @throws {Error} where it does not end well */
  async stop(): Promise<void> {
    const child = this.#begun();
    this.#isEnding = true;
    const ended = event(child, 'exit');
    this.ask({ ask: 'stop' });
    const [code, signal] = await ended;
    if (code !== 0) throw new Error(`${this.name} ended with ${code ?? signal}: ${this.#log}`);
  }

  /** Asks it something. One that is about to die may not hear it. */
  ask(words: Ask): void {
    this.#begun().send(words, () => {}); // where it has died, its end says so
  }

  /** Such as `DSO 20001`. */
  get name(): string {
    return `${this.#settings.role} ${this.#settings.port}`;
  }

  #begun(): ChildProcess {
    if (this.#child === undefined) throw new Error(`${this.name} has not been started`);
    return this.#child;
  }
}

/** Kills all that is still running. */
export function endAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}

function event(child: ChildProcess, name: 'exit' | 'disconnect'): Promise<unknown[]> {
  return new Promise((resolve) => child.once(name, (...values: unknown[]) => resolve(values)));
}
