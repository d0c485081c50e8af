import type { Param, ParamValue } from '../../core/params.ts';
import { money, setting } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { ReportModel, ReportSetup } from '../model.ts';
import { stageSource } from '../provenanceLinks.ts';
import { defineSection } from '../section.ts';
import { table } from '../table.ts';

export default defineSection({
  id: 'setup',
  title: 'Setup',
  order: 90,
  render: (model) =>
    html`<div>${facts(model)}
<h3>The same run again</h3>
<pre><code>${model.setup.command.join(' \\\n  ')}</code></pre>
${model.setup.strategies.map(strategy)}
<p class="note">The run’s resolved configuration, as in <code>runs/${model.runId}/run.json</code>. ${stageSource(model, 'backtest')}</p></div>`
      .markup,
});

function facts({ setup }: ReportModel): Html {
  const cost = `${setting(setup.costBps)} bps per unit of turnover (fees ${setting(setup.feeBps)}, slippage ${setting(setup.slippageBps)})`;
  const rows: readonly (readonly [string, string])[] = [
    ['Symbols', setup.symbols.join(', ')],
    ['Days', `${setup.start} to ${setup.end}, last day included, UTC`],
    ['Source', setup.source],
    ['Bars', '15 minutes; a bar is known at its close'],
    ['Costs', cost],
    ['Funding', setup.fundingInPnl ? 'cash flows are part of the pnl' : 'not part of the pnl'],
    ['Initial equity', `${money(setup.initialEquity).text} in quote currency, the constant notional of every line (strategy on symbol)`],
    ['Accounting', `${setup.accounting.id}: ${setup.accounting.summary}`],
    ['Evidence', setup.accounting.isEvidence ? 'this accounting may support an approval' : 'no: a result of this accounting is never evidence'],
    ['Definitions', setup.compat === null ? 'standard' : 'reference compatibility: the reference system’s literal rules'],
  ];
  return html`<dl class="setup">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

type Strategy = ReportSetup['strategies'][number];

function strategy({ id, summary, params, schema }: Strategy): Html {
  return html`<h3>${id}</h3>
    <p>${summary}</p>
    ${table<readonly [string, ParamValue]>({
      caption: `Parameters of ${id}`,
      columns: [
        { header: 'Parameter', cell: ([name]) => html`<code>${name}</code>` },
        {
          header: 'Value',
          cell: ([name, value]) =>
            html`${String(value)}${schema[name] !== undefined && schema[name].default !== value ? html` <span class="code">changed</span>` : null}`,
          isNumeric: true,
        },
        { header: 'Default', cell: ([name]) => defaultOf(schema[name]), isNumeric: true },
        { header: 'Meaning', cell: ([name]) => html`${schema[name]?.help ?? ''}`, tint: () => 'means' },
      ],
      rows: Object.entries(params),
      empty: 'This strategy has none.',
    })}`;
}

function defaultOf(param: Param | undefined): string {
  return param === undefined ? '' : String(param.default);
}
