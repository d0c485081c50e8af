/** What a reader sees of a fragment: text without tags, entities as characters, white space as one blank. */
export function textOf(markup: string): string {
  return markup
    .replace(/<span class="vh">[\s\S]*?<\/span>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replaceAll('\u2212', '-')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:)%])/g, '$1')
    .trim();
}

/** The cells of the table whose caption begins so, header row first. @throws when there is none */
export function tableOf(markup: string, caption: string): string[][] {
  const tables = [...markup.matchAll(/<table[^>]*>[\s\S]*?<\/table\s*>/g)].map(([table]) => table);
  const found = tables.find((table) => textOf(/<caption>([\s\S]*?)<\/caption>/.exec(table)![1]!).startsWith(caption));
  if (found === undefined) throw new Error(`no table ${caption}`);
  return [...found.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr\s*>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]\s*>/g)].map(([, cell]) => textOf(cell!)),
  );
}

/** Titles of the figures, in order. */
export function figureTitles(markup: string): string[] {
  return [...markup.matchAll(/<figure[\s\S]*?<h3>([\s\S]*?)<\/h3>/g)].map(([, title]) => textOf(title!));
}
