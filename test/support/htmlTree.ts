/** An element of a page of ours: markup that closes what it opens. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parent: Element | null;
  readonly children: (Element | string)[];
}

const voids = new Set(['meta', 'br', 'hr', 'img', 'input', 'link', 'source', 'wbr']);
const rawText = new Set(['script', 'style']);

/** The tree of a page. @throws when an element is closed that is not open */
export function htmlTree(text: string): Element {
  const root: Element = { tag: '', attributes: {}, parent: null, children: [] };
  let open = root;
  const token = /<!DOCTYPE[^>]*>|<\/([a-z][\w-]*)\s*>|<([a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/gi;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null || match.index !== at) throw new Error(`no markup at ${JSON.stringify(text.slice(at, at + 60))}`);
    const [, closed, opened, attributes, slash, words] = match;
    if (words !== undefined) open.children.push(words);
    if (closed !== undefined) {
      if (open.tag !== closed) throw new Error(`</${closed}> closes <${open.tag}>`);
      open = open.parent!;
    }
    if (opened === undefined) continue;
    const element: Element = { tag: opened, attributes: attributesOf(attributes!), parent: open, children: [] };
    open.children.push(element);
    if (rawText.has(opened)) {
      const end = text.indexOf(`</${opened}>`, token.lastIndex);
      element.children.push(text.slice(token.lastIndex, end));
      token.lastIndex = end + opened.length + 3;
    } else if (slash !== '/' && !voids.has(opened)) open = element;
  }
  if (open !== root) throw new Error(`<${open.tag}> is not closed`);
  return root;
}

/** Every element below, in document order. */
export function* elementsOf(element: Element): Generator<Element> {
  for (const child of element.children) {
    if (typeof child === 'string') continue;
    yield child;
    yield* elementsOf(child);
  }
}

/** What stands in an element, as its reader sees it. */
export function textIn(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? unescaped(child) : textIn(child))).join('');
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, unescaped(value ?? '')]));
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '`', '&amp;': '&' };
  return text.replace(/&(?:lt|gt|quot|#39|#96|amp);/g, (entity) => entities[entity]!);
}
