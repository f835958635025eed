/** @module What the memory store keeps: messages, and the tasks on them; how a task begins. */

import type { Attempt, MessageRecord, TaskState, Work } from '../../ports/store.ts';
import type { Queued } from './queue.ts';

/** A message with all that belongs to it. */
export interface Entry {
  /** Frozen through and through, but for the body, which is shared with nobody. */
  record: MessageRecord;
  readonly place: number;
  readonly tasks: Task[];
  /** The task whose state and attempts are the message's. */
  main: Task | undefined;
  readonly attempts: Attempt[];
}

/** A task, from when it is queued until its message is pruned. */
export interface Task extends Queued {
  readonly queue: 'work' | 'outgoing';
  /** Unique within its queue. */
  readonly id: string;
  readonly entry: Entry;
  readonly kind: Work['kind'] | undefined;
  state: Exclude<TaskState, 'none'>;
  firstDueAt: number;
  /** How often it was claimed, but for when nothing was tried. */
  attempt: number;
  /** Of the latest claim. */
  token: string;
}

/** What is known of a task before it begins. */
type Given = Pick<Task, 'queue' | 'id' | 'owner' | 'entry' | 'orderKey' | 'dueAt' | 'kind' | 'notAfter'>;

/** Makes a task that waits. Property by property: V8 copies a spread slowly. */
export function newTask({ queue, id, owner, entry, orderKey, dueAt, kind, notAfter }: Given): Task {
  return {
    queue,
    id,
    owner,
    entry,
    orderKey,
    kind,
    notAfter,
    isDeadline: kind !== undefined && kind !== 'process',
    state: 'waiting',
    dueAt,
    firstDueAt: dueAt,
    attempt: 0,
    token: '',
    slot: -1,
    order: 0,
    isUrgent: false,
    isHead: false,
    isClaimed: false,
    previous: undefined,
    next: undefined,
  };
}

/** How a task begins anew when it is sent again. */
export function unclaimed(dueAt: number): Pick<Task, 'state' | 'dueAt' | 'firstDueAt' | 'attempt' | 'token'> {
  return { state: 'waiting', dueAt, firstDueAt: dueAt, attempt: 0, token: '' };
}
