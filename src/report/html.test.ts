import { describe, expect, it } from 'vitest';
import { escapeHtml, html, trusted } from './html.ts';

describe('html', () => {
  it('escapes text in content and in attributes', () => {
    const text = `<img src=x onerror="a('b')">&\``;
    expect(html`<p title="${text}">${text}</p>`.markup).not.toMatch(/<img|onerror="/);
    expect(escapeHtml(`<>&"'\``)).toBe('&lt;&gt;&amp;&quot;&#39;&#96;');
  });

  it('keeps fragments, joins lists and prints nothing for nothing', () => {
    expect(html`<b>${['a', '<b>'].map((item) => html`<i>${item}</i>`)}${null}${undefined}${false}${0}</b>`.markup).toBe(
      '<b><i>a</i><i>&lt;b&gt;</i>0</b>',
    );
    expect(html`${trusted('<br>')}`.markup).toBe('<br>');
  });

  it('takes no object from data for a fragment', () => {
    const forged = JSON.parse('{"markup":"<script>"}') as never;
    expect(html`${forged}`.markup).toBe('[object Object]');
  });

  it('replaces control characters and bidirectional overrides', () => {
    expect(escapeHtml('a\u0000b\u202ec\u2066d\ne')).toBe('a\ufffdb\ufffdc\ufffdd\ne');
  });
});
