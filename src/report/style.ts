import { colorVariables } from './charts/palette.ts';

/** What only scripts bring: hidden until they run, and in print. */
const interactive = `
.live,.print-only{display:none}
.charted .live{display:block}
.charted .has-live .wide,.charted .has-live .narrow,.charted .extra{display:none}
.toolbar{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem 1rem;margin:.75rem 0 .5rem}
.buttons{display:inline-flex;flex-wrap:wrap;gap:.25rem}
.buttons button{font:inherit;font-size:.8125rem;line-height:1.25rem;min-width:2rem;padding:.1875rem .5rem;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:4px;cursor:pointer}
.buttons button:hover{border-color:var(--axis)}
.buttons button[aria-pressed=true]{color:var(--ground);background:var(--ink);border-color:var(--ink)}
.readout{font-size:.875rem;margin:.5rem 0;max-width:none;min-height:1.4em}
.chart{height:26rem;position:relative}
.legend{font-size:.8125rem;color:var(--muted);display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.5rem 0 1rem;max-width:none}
.legend i{display:inline-block;width:.75rem;height:.75rem;margin-right:.375rem;vertical-align:-.0625rem;border:1.5px solid var(--net)}
.legend .down{background:var(--muted);border-color:var(--muted)}
.legend .held{background:color-mix(in srgb,var(--net) 14%,transparent);border-color:transparent}
.legend .gap{background:color-mix(in srgb,var(--other) 32%,transparent);border-color:transparent}
.legend .line{height:0;width:1.25rem;border:0;border-top:2px dashed;vertical-align:.2rem}
.legend .entry{border-top-style:solid;border-color:var(--ink)}.legend .stop{border-color:var(--loss)}.legend .target{border-color:var(--gain)}
.legend .level{border-top-style:dotted;border-color:var(--axis)}
.tradefacts{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.625rem 1rem;margin:0 0 1.25rem}
.tradefacts dt{font-size:.8125rem;color:var(--muted)}.tradefacts dd{margin:0;font-size:.9375rem}
.filter{font-size:.875rem;margin:1.25rem 0 -.75rem}
.filter input{font:inherit;color:var(--ink);background:var(--ground);border:1px solid var(--axis);border-radius:4px;padding:.1875rem .5rem;width:16rem;max-width:55%;margin-left:.375rem}
.sort,.pick{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
.sort:hover,.pick:hover{text-decoration:underline;text-underline-offset:.15em}
th[aria-sort] .sort{color:var(--ink);font-weight:600}
th[aria-sort=ascending] .sort::after{content:" \\2191"}th[aria-sort=descending] .sort::after{content:" \\2193"}
.charted #trade-list{max-height:24rem;overflow-y:auto;border-bottom:1px solid var(--line)}
.charted #trade-list thead th{position:sticky;top:0;background:var(--ground);z-index:1}
.charted #trade-list thead th:first-child{z-index:2}
.charted #trade-list tbody tr{cursor:pointer;white-space:nowrap}
#trade-list .pick{color:var(--link)}
#trade-list tr.chosen>*,#trade-list tr.chosen>:first-child{background:var(--panel);box-shadow:inset 0 1px var(--axis),inset 0 -1px var(--axis)}
#trade-list tr.chosen .pick{font-weight:600}
.card{position:fixed;z-index:9;max-width:min(34rem,calc(100vw - 12px));padding:.5rem .75rem;background:var(--panel);color:var(--ink);border:1px solid var(--axis);border-radius:4px;font-size:.75rem;line-height:1.45;pointer-events:none;overflow-wrap:anywhere}
.card p{margin:0;max-width:none}.card p+p{margin-top:.375rem}.card span{display:block;color:var(--muted);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.6875rem}.card .path{color:var(--ink)}.card .exact{font-weight:600}
[data-exact]{cursor:help}
@media (max-width:44rem){.chart{height:20rem}.tradefacts{grid-template-columns:1fr 1fr 1fr}.toolbar{justify-content:flex-start}}
@media print{.charted .live,.filter,.card{display:none}.charted .has-live .wide{display:block}.charted #trade-list{max-height:none}#trade-list tbody tr:not(.extreme),.extra{display:none}.print-only{display:inline}.scroll:not(#trade-list){break-inside:avoid}#trade-list tr.chosen>*{box-shadow:none;background:none}#trade-list tr.chosen .pick{font-weight:400}#trade-list .pick{color:inherit}.calendar tbody th{overflow-wrap:normal;white-space:nowrap}}
`.trim();

/** The report's style sheet. Colors are variables, so that text, tables and charts follow light and dark alike. */
export const styleSheet = `
:root{color-scheme:light dark;${colorVariables('light')}}
@media (prefers-color-scheme:dark){:root{${colorVariables('dark')}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
main:focus{outline:0}
[hidden]{display:none!important}
.skip{position:absolute;left:-100vw;top:0;background:var(--ground);padding:.75rem 1rem;z-index:1}
.skip:focus{left:0}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.page:has(.index){max-width:90rem}.index tbody th{min-width:10.5rem}.ids{overflow-wrap:anywhere;min-width:8rem}
.page{max-width:64rem;margin:0 auto;padding:3rem 1.5rem 4rem}
.eyebrow,.subtitle{color:var(--muted);margin:0}
.eyebrow{font-size:.875rem}.subtitle{max-width:none}
#verdict>h2{font-size:.875rem;font-weight:500;color:var(--muted);letter-spacing:0;margin-bottom:.25rem}
h1{font-size:1.375rem;line-height:1.3;font-weight:600;margin:.125rem 0 .375rem;letter-spacing:-.005em}
h2{font-size:1.375rem;line-height:1.3;font-weight:600;margin:0 0 1rem;letter-spacing:-.01em}
h3{font-size:1rem;line-height:1.4;font-weight:600;margin:2rem 0 .5rem}
p{margin:0 0 1rem;max-width:46rem}
.plain{margin:0 0 1rem;padding-left:1.25rem;max-width:46rem}.plain li{margin:.25rem 0}
header{padding-bottom:1.25rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0;padding:.75rem 0;border-block:1px solid var(--line);font-size:.875rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
section{padding-top:3.25rem}
section:first-of-type{padding-top:2.25rem}
.headline{font-size:clamp(1.625rem,4vw,2.25rem);line-height:1.15;font-weight:600;letter-spacing:-.02em;margin:0 0 1rem;max-width:none}
.sentence{font-size:1.125rem;line-height:1.55}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:1.5rem 2rem;margin:2rem 0 .5rem;padding:1.25rem 0;border-block:1px solid var(--line)}
.tiles div{min-width:0}
.tiles dt{font-size:.875rem;color:var(--muted)}
.tiles dd{margin:0}
.tiles .big{font-size:1.625rem;line-height:1.3;font-weight:600;letter-spacing:-.015em}
.tiles .small{font-size:.875rem;color:var(--muted)}
.cautions{list-style:none;margin:0;padding:0;max-width:50rem}
.cautions li{display:grid;grid-template-columns:6.5rem 1fr;gap:.25rem 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.cautions li:last-child{border-bottom:0}
@media (min-width:44.01rem){.gates li{grid-template-columns:8rem 1fr}}
.claim{margin:0}
.evidence,.advice{margin:.25rem 0 0;font-size:.875rem}
.evidence{color:var(--muted)}.evidence b{font-weight:600;color:var(--ink)}.evidence .source{margin-left:0}
.pair{display:inline-block;margin-right:1.25rem}
.advice::before{content:"\\2192\\a0" / ""}
.level{font-size:.875rem;font-weight:600;line-height:1.55rem;white-space:nowrap}
.level svg{width:.7rem;height:.7rem;margin-right:.45rem;vertical-align:-.03rem}
.error{color:var(--loss)}.pass{color:var(--gain)}.warning{color:var(--other)}.info{color:var(--muted)}
.code{color:var(--muted);font-size:.8125rem;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{font:0.875em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
pre{background:var(--panel);padding:.75rem 1rem;margin:0 0 1.5rem;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:4px;max-width:50rem}
.scroll{position:relative;overflow-x:auto;margin:1.5rem 0 1.75rem;background:linear-gradient(to left,var(--ground) 1.5rem,transparent) right/3rem 100% no-repeat local,linear-gradient(to left,var(--line),transparent) right/1rem 100% no-repeat scroll}
.cap{position:sticky;left:0;display:inline-block;max-width:min(100%,calc(100vw - 2rem))}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.45}
caption{text-align:left;font-weight:600;font-size:1rem;padding-bottom:.5rem}
.source{font-weight:400;font-size:.8125rem;color:var(--muted);white-space:nowrap;margin-left:.5rem}
th,td{padding:.4rem .55rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:500;color:var(--muted);vertical-align:bottom;border-bottom:1px solid var(--axis)}
tbody th{font-weight:400;min-width:6.5rem}
.scroll tr>:first-child{position:sticky;left:0;background:var(--ground)}
.num{text-align:right;white-space:nowrap}
thead .num{white-space:normal;overflow-wrap:normal;min-width:4.25rem}
.detail td:nth-child(2):not(.num){min-width:12rem}
.n{white-space:nowrap}
.total th,.total td{font-weight:600;border-top:1px solid var(--axis)}
.gain{background:var(--gaintint)}.loss{background:var(--losstint)}
.calendar tbody th{min-width:0}
.calendar th,.calendar td{padding:.4rem .45rem}
.calendar td:last-child{padding-right:.45rem;font-weight:600}
.folder{font-size:.8125rem;color:var(--muted);padding-top:1rem}
.means{color:var(--muted);min-width:16rem}
.none{color:var(--muted);cursor:help}
.missing{color:var(--muted);border-left:3px solid var(--line);padding:.125rem 0 .125rem 1rem}
figure{margin:1rem 0 2rem}
figure h3{margin:0 0 .5rem;font-size:1.0625rem;max-width:50rem}
figure svg{display:block;width:100%;height:auto}
figcaption,.note{font-size:.875rem;color:var(--muted);max-width:50rem}
figcaption{margin-top:.5rem}
.narrow{display:none;max-width:30rem}
.key{white-space:nowrap}
.key svg{display:inline-block;width:1.75rem;height:.6rem;margin-right:.375rem;vertical-align:0}
details{border-bottom:1px solid var(--line);padding:.25rem 0}
details details{border:0}
summary{cursor:pointer;padding:.35rem 0;font-weight:500}
summary .note{font-weight:400}
.detail{padding:.25rem 0 .5rem}
.setup{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.4rem 1.5rem;margin:0 0 1.5rem;max-width:50rem}
.setup dt{color:var(--muted)}.setup dd{margin:0}
.hash{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.75rem;overflow-wrap:anywhere;min-width:11rem}
tr:target>*,.scroll tr:target>:first-child{background:var(--panel)}
${interactive}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--muted)}
@media (max-width:44rem){.page{padding:1.75rem 1rem 3rem}section{padding-top:2.5rem}.wide{display:none}.narrow{display:block}.cautions li{grid-template-columns:1fr;gap:0}.tiles{grid-template-columns:1fr 1fr;gap:1.25rem 1rem}.setup{grid-template-columns:1fr;gap:0}.setup dd{margin-bottom:.6rem}.source{display:block;margin-left:0;white-space:normal}}
@media print{:root{color-scheme:light;${colorVariables('light')}}@page{margin:16mm}body{font-size:10.5pt}.page{max-width:none;padding:0}nav,.skip{display:none}.wide{display:block}.narrow{display:none}.scroll{overflow:visible}section{padding-top:1.5rem}h2,h3,caption,.headline{break-after:avoid}figure,tr,.tiles,.cautions li{break-inside:avoid}thead{display:table-header-group}table{font-size:8pt}th,td{padding:.25rem .3rem}.scroll{background:none}.scroll tr>:first-child,.cap{position:static}tbody th{overflow-wrap:anywhere;min-width:5rem}thead .num{min-width:0}a{color:inherit;text-decoration:none}.gain,.loss{print-color-adjust:exact}}
`.trim();
