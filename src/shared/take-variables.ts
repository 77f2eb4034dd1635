/** postgres.js obeys them where no option and no URL speaks against it, and some cannot be spoken against. */
const steersDatabaseDriver = /^PG[A-Z_]+$/;

/**
 * Takes the container's variables as they were given, and out of `variables` those that are not meant for this program. What would steer Node bears
 * a control character as its first letter (`steers_node` in build/stub/start.c), and gets its name back.
 */
export function takeVariables(variables: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const taken: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(variables)) {
    const given = givenName(name);
    taken[given] = value;
    if (given !== name || steersDatabaseDriver.test(name)) Reflect.deleteProperty(variables, name);
  }
  return taken;
}

/** The letter of a control character is 64 places behind it. */
function givenName(name: string): string {
  const first = name.charCodeAt(0);
  return first < 0x20 ? String.fromCharCode(first + 0x40) + name.slice(1) : name;
}
