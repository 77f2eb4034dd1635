/** What we use of it. TypeScript knows it in browsers alone. Source: https://webassembly.github.io/spec/js-api/ */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<object>;
  function instantiate(module: object, imports: object): Promise<object>;
}
