/** What the test worker uses of the module that workerd itself has. */
declare module 'cloudflare:workers' {
  /** The base of classes whose methods may be called from outside. */
  export class DurableObject<Env = unknown> {
    protected readonly ctx: { readonly storage: import('../../../runtime/worker.ts').ObjectStorage };
    protected readonly env: Env;
    constructor(ctx: unknown, env: Env);
  }
}
