import { element } from './dom.ts';

/** Where one number or link comes from, as the provenance section has it. */
interface Origin {
  readonly path: string;
  readonly hash: string;
  readonly manifest: string;
}

const listed = 3;

/**
 * A card beside the number under the pointer, or the source link in focus: its exact value, and path, hash and manifest of
 * the files it was made from. Escape closes it.
 */
export function numberCards(): void {
  const card = element('div', { class: 'card', role: 'tooltip', id: 'number-card', hidden: '' });
  document.body.append(card);
  // The card says what the browser's own tooltip would.
  for (const shown of document.querySelectorAll<HTMLElement>('main [title]')) {
    shown.dataset['exact'] = shown.title;
    shown.removeAttribute('title');
  }
  const hide = () => {
    card.hidden = true;
    document.querySelector('[aria-describedby="number-card"]')?.removeAttribute('aria-describedby');
  };
  const show = (target: EventTarget | null) => {
    const at = target instanceof Element ? target.closest<HTMLElement>('[data-exact], [data-source] a') : null;
    hide();
    if (at === null) return;
    const origins = originsOf(at);
    if (origins.length === 0 && at.dataset['exact'] === undefined) return;
    card.replaceChildren(...describe(at.dataset['exact'], origins));
    card.hidden = false;
    at.setAttribute('aria-describedby', card.id);
    place(card, at.getBoundingClientRect());
  };
  document.addEventListener('pointerover', ({ target }) => show(target));
  document.addEventListener('focusin', ({ target }) => show(target));
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  addEventListener('scroll', hide, { passive: true });
}

/** The files of the closest element around that names any; a link names only its own. */
function originsOf(at: HTMLElement): Origin[] {
  if (at instanceof HTMLAnchorElement) {
    const own = originOf(at.hash.slice(1));
    return own === null ? [] : [own];
  }
  for (let around: HTMLElement | null = at; around !== null && around.id !== 'content'; around = around.parentElement) {
    const named = around.querySelectorAll<HTMLElement>('[data-source]');
    if (named.length === 0) continue;
    const ids = new Set([...named].flatMap((one) => one.dataset['source']!.split(' ').filter((id) => id !== '')));
    return [...ids].map(originOf).filter((origin) => origin !== null);
  }
  return [];
}

/** What the row or the stage with this id says; null when it is neither. */
function originOf(id: string): Origin | null {
  const row = document.getElementById(id);
  const stage = row?.closest<HTMLElement>('details[data-manifest]') ?? null;
  if (row === null || stage === null) return null;
  const manifest = stage.dataset['manifest']!;
  if (row === stage) return { path: manifest, hash: `key ${stage.dataset['key']!}`, manifest };
  const folder = row.closest('tbody')?.querySelector('.folder')?.textContent ?? '';
  return { path: folder + row.querySelector('th')!.textContent, hash: `sha256 ${row.querySelector('.hash')!.textContent}`, manifest };
}

function describe(exact: string | undefined, origins: readonly Origin[]): HTMLElement[] {
  const lines = exact === undefined ? [] : [element('p', { class: 'exact' }, exact)];
  for (const { path, hash, manifest } of origins.slice(0, listed)) {
    const named = manifest === path ? '' : `manifest ${manifest}`;
    lines.push(element('p', {}, element('span', { class: 'path' }, path), element('span', {}, hash), element('span', {}, named)));
  }
  if (origins.length > listed) lines.push(element('p', {}, `and ${origins.length - listed} more files`));
  return lines;
}

/** Below the number where there is room, else above; never beyond the window. */
function place(card: HTMLElement, { left, top, bottom }: DOMRect): void {
  const gap = 6;
  const { offsetWidth: width, offsetHeight: height } = card;
  const x = Math.max(gap, Math.min(left, document.documentElement.clientWidth - width - gap));
  const y = bottom + gap + height > innerHeight && top > height + gap ? top - height - gap : bottom + gap;
  card.style.left = `${x}px`;
  card.style.top = `${y}px`;
}
