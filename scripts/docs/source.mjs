// Reads the library's sources as syntax: what src/index.ts exports, by area, with text and docstring of each declaration.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} Entry one declaration
 * @property {string} name
 * @property {'function' | 'type' | 'class' | 'constant'} kind
 * @property {string} file relative to the root
 * @property {string} text the declaration without bodies
 * @property {Doc} doc
 * @property {string[]} mentions names of types in the text
 *
 * @typedef {object} Doc a docstring in parts; texts are single lines
 * @property {string} summary
 * @property {{ name: string, text: string }[]} params
 * @property {Record<string, string[]>} tags by name: returns, throws, source, vector, formula
 */

/** @returns {{ title: string, sentence: string, entries: Entry[] }[]} areas in the order of index.ts: `// Title: sentence.` begins one */
export function readAreas(root) {
  const file = join(root, 'src', 'index.ts');
  const source = parse(file);
  const areas = [];
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement)) continue;
    for (const comment of leadingLines(source, statement)) {
      const match = /^\/\/ ([^:]+): (.*)$/.exec(comment);
      if (match !== null) areas.push({ title: match[1], sentence: sentenceOf(match[2]), entries: [] });
    }
    areas.at(-1).entries.push(...exported(statement, file, root));
  }
  return areas;
}

/** @returns {Entry[]} the exported functions of a file, in its order */
export function readFunctions(root, path) {
  const source = parse(join(root, path));
  const isPublic = (statement) =>
    ts.isFunctionDeclaration(statement) && statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  const functions = source.statements.filter(isPublic);
  // Of overloads the first stands for all.
  const firsts = functions.filter(({ name }, index) => functions[index - 1]?.name.text !== name.text);
  return firsts.map((statement) => entryOf(statement.name.text, statement, source, root));
}

function exported(statement, file, root) {
  const target = join(dirname(file), statement.moduleSpecifier.text);
  const source = parse(target);
  const names = statement.exportClause?.elements.map(({ name }) => name.text) ?? typeNames(source);
  return names.map((name) => {
    const found = source.statements.find((candidate) => nameOf(candidate) === name);
    if (found === undefined) throw new Error(`${relative(root, target)} has no declaration ${name}`);
    return entryOf(name, found, source, root);
  });
}

function typeNames(source) {
  return source.statements.filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)).map(nameOf);
}

function nameOf(statement) {
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations[0].name.getText() : statement.name?.getText();
}

function entryOf(name, node, source, root) {
  const file = relative(root, source.fileName).split('\\').join('/');
  return { name, ...shapeOf(node, source), file, doc: docOf(node), mentions: mentionsOf(node) };
}

/** Kind and text of a declaration: types as they stand, functions and methods without bodies, long constants without values. */
function shapeOf(node, source) {
  const upTo = (from, to) => source.text.slice(from, to).trim();
  if (ts.isFunctionDeclaration(node))
    return { kind: 'function', text: upTo(node.getStart(), node.body?.getStart() ?? node.getEnd()).replace(/^export (async )?/, '') };
  if (ts.isClassDeclaration(node)) return { kind: 'class', text: classText(node, source) };
  if (!ts.isVariableStatement(node)) return { kind: 'type', text: node.getText().replace(/^export /, '') };
  const { initializer, name } = node.declarationList.declarations[0];
  if (initializer !== undefined && ts.isArrowFunction(initializer))
    return { kind: 'function', text: `function ${name.getText()}${upTo(initializer.getStart(), initializer.equalsGreaterThanToken.getStart())}` };
  const text = node.getText().replace(/^export /, '');
  return { kind: 'constant', text: text.length <= 600 ? text : `const ${name.getText()}` };
}

function classText(node, source) {
  const head = source.text
    .slice(node.getStart(), node.members.pos)
    .replace(/^export /, '')
    .trim();
  const members = node.members
    .filter((member) => member.name === undefined || !ts.isPrivateIdentifier(member.name))
    .map((member) => {
      const comment = ts.getJSDocCommentsAndTags(member).map((doc) => `  ${doc.getText()}\n`);
      const to = member.body === undefined ? member.getEnd() : member.body.getStart();
      return `${comment.join('')}  ${source.text.slice(member.getStart(), to).trim().replace(/;?$/, ';')}`;
    });
  return `${head}\n${members.join('\n')}\n}`;
}

/** Names of types that a declaration mentions outside of bodies and private members. */
function mentionsOf(node) {
  const names = new Set();
  const visit = (child) => {
    if (ts.isBlock(child) || (child.name !== undefined && ts.isPrivateIdentifier(child.name))) return;
    if (ts.isTypeReferenceNode(child)) names.add(child.typeName.getText().split('.')[0]);
    if (ts.isExpressionWithTypeArguments(child)) names.add(child.expression.getText());
    if (ts.isArrowFunction(child)) [...child.parameters, child.type].forEach((part) => part && visit(part));
    else ts.forEachChild(child, visit);
  };
  visit(node);
  for (const parameter of node.typeParameters ?? []) names.delete(parameter.name.text);
  return [...names];
}

const tagNames = new Set(['returns', 'throws', 'source', 'vector', 'formula']);

function docOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).findLast((part) => ts.isJSDoc(part));
  const params = [];
  const tags = {};
  let last = null;
  for (const tag of doc?.tags ?? []) {
    const [name, text] = [tag.tagName.text, flat(tag.comment)];
    if (ts.isJSDocParameterTag(tag)) params.push({ name: tag.name.getText(), text });
    else if (tagNames.has(name)) (tags[(last = name)] ??= []).push(text);
    // An @ inside a sentence, such as a package's scope.
    else if (last !== null) tags[last].push(`${tags[last].pop()} @${name}${text}`);
  }
  return { summary: paragraphs(doc?.comment), params, tags };
}

/** Paragraphs and lists keep their lines apart; lines of one paragraph are joined. */
function paragraphs(comment) {
  const text = ts.getTextOfJSDocComment(comment) ?? '';
  return text
    .split(/\n\s*\n/)
    .map((part) => part.replaceAll(/\n(?!- )/g, ' '))
    .join('\n\n')
    .trim();
}

const flat = (comment) => paragraphs(comment).replaceAll(/\s+/g, ' ');

function leadingLines(source, statement) {
  const ranges = ts.getLeadingCommentRanges(source.text, statement.getFullStart()) ?? [];
  return ranges.map(({ pos, end }) => source.text.slice(pos, end));
}

const sentenceOf = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const parsed = new Map();

function parse(file) {
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  const text = readFileSync(file, 'utf8');
  const known = parsed.get(file);
  if (known?.text === text) return known;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  parsed.set(file, source);
  return source;
}
