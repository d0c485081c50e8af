/** Whatever a JSON Schema holds. */
type Schema = ReturnType<typeof JSON.parse>;

/** Dotted path of every key that a JSON Schema knows, in order; items of lists as `[]`, names of anything as `*`. */
export function schemaPaths(schema: Schema, path = ''): string[] {
  const inside = (part: Schema, name: string): string[] => {
    const place = path === '' ? name : `${path}.${name}`;
    return [place, ...schemaPaths(part, place)];
  };
  const own = Object.entries(schema['properties'] ?? {}).flatMap(([name, part]) => inside(part as Schema, name));
  const items = schema['items'] === undefined || typeof schema['items'] !== 'object' ? [] : schemaPaths(schema['items'], `${path}[]`);
  const named =
    schema['propertyNames'] === undefined || typeof schema['additionalProperties'] !== 'object'
      ? []
      : schemaPaths(schema['additionalProperties'], `${path}.*`);
  const ways = [...((schema['anyOf'] ?? []) as Schema[]), ...((schema['oneOf'] ?? []) as Schema[])].flatMap((way) => schemaPaths(way, path));
  return [...new Set([...own, ...items, ...named, ...ways])].filter((found) => !/^(origin|plan\[\]\.config)\./.test(found));
}
