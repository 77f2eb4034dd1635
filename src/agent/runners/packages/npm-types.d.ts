/** What we use of npm's own library, which brings no types. Source: the sources of @npmcli/arborist 10 and @npmcli/config 11. */
declare module '@npmcli/arborist' {
  interface TreeNode {
    readonly name: string;
    readonly version: string | undefined;
    /** Where it is or is to be: `node_modules/name`. */
    readonly location: string;
    /** Needed by nothing but the development of the project. */
    readonly dev: boolean;
  }
  interface Tree {
    readonly inventory: ReadonlyMap<string, TreeNode>;
  }
  export class Arborist {
    constructor(options: Readonly<Record<string, unknown>>);
    /** What the lock file says. */
    loadVirtual(): Promise<Tree>;
    /** What the manifest asks for, as far as possible as the lock file says. */
    buildIdealTree(): Promise<Tree>;
    /** Puts the ideal tree on the disk. */
    reify(): Promise<Tree>;
  }
}

declare module '@npmcli/config' {
  export default class Config {
    constructor(options: Readonly<Record<string, unknown>>);
    load(): Promise<void>;
    /** The settings of .npmrc files and variables, as options. */
    readonly flat: Readonly<Record<string, unknown>>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const everything: Readonly<Record<'definitions' | 'flatten' | 'nerfDarts' | 'shorthands', unknown>>;
  export default everything;
}
