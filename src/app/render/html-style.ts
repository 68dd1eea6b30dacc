// The style of the page: paper and ink, one accent for each verdict, light or dark as the reader's system is, and fit for print.

export const STYLE = `
:root { color-scheme: light dark;
  --paper: #faf9f5; --card: #fffefb; --ink: #1c2127; --soft: #59626c; --line: #dcd8cd; --sea: #eef1f0; --hull: #fffefb; --wall: #2b333b;
  --violated: #a4271f; --unknown: #8a5700; --separated: #1d6a44; --link: #1f4f82; --tint: #f3f1ea;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Liberation Sans", Roboto, Helvetica, Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14181c; --card: #1a1f24; --ink: #e7e4dc; --soft: #a2abb4; --line: #323a42; --sea: #171d22; --hull: #20262c; --wall: #c9ccc8;
  --violated: #ff8a7d; --unknown: #e3b04b; --separated: #7fcb9f; --link: #8fbcec; --tint: #20262c; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); overflow-wrap: anywhere; }
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
h1, h2, h3, h4, p, ol, ul, dl, figure { margin: 0; }
h1, h2, .answer { font-family: var(--serif); font-weight: 600; line-height: 1.15; }
h2 { font-size: 1.6rem; margin-bottom: 1rem; }
h3 { font-size: 1rem; line-height: 1.4; }
h4, .mark { font-size: .78rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); font-weight: 600; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code { font: .86em/1.45 var(--mono); }
[hidden] { display: none !important; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
header { padding-top: 2.5rem; }
.mark span { text-transform: none; letter-spacing: 0; font-weight: 400; margin-left: .6em; }
h1 { font-size: 1.3rem; color: var(--soft); margin-top: 1.6rem; }
.answer { font-size: clamp(2.8rem, 9vw, 4.6rem); letter-spacing: -.02em; margin: .1rem 0 .6rem; }
.lead { font-size: 1.15rem; max-width: 46rem; } .seen, .note, .stated { color: var(--soft); } .seen { margin-top: .3rem; } .note { font-size: .9rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; padding: .9rem 0; margin-top: 1.6rem; border-block: 1px solid var(--line); }
nav a { color: var(--ink); text-decoration: none; } nav a:hover { text-decoration: underline; }
main > section { padding-top: 3rem; }
.violated { --accent: var(--violated); } .unknown { --accent: var(--unknown); } .separated { --accent: var(--separated); }
.not-applicable, .not-checked { --accent: var(--soft); }
.critical, .high { --accent: var(--violated); } .medium { --accent: var(--unknown); } .low { --accent: var(--soft); }
.answer, .verdict { color: var(--accent); } .verdict { font-weight: 600; }
main > .statements { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.4rem 2rem; padding-top: 2rem; }
.statement { border-top: 3px solid var(--accent); padding-top: .8rem; } .statement h2 { font-size: 1.2rem; margin: 0; }
.statement .verdict { margin-bottom: .5rem; } .statement .stated { font-size: .95rem; }
.pair { display: grid; grid-template-columns: minmax(0, 31rem) minmax(0, 1fr); gap: 2.5rem; align-items: start; }
.drawing { background: var(--sea); border-radius: 10px; padding: 1rem .8rem .8rem; overflow-x: auto; position: sticky; top: 1rem; }
.ship { display: block; width: 100%; min-width: 19rem; height: auto; }
.hull { fill: var(--hull); } .hull-line { fill: none; stroke: var(--wall); stroke-width: 8; stroke-linejoin: round; } .hull-core { fill: none; stroke: var(--hull); stroke-width: 4; stroke-linejoin: round; }
.wall { stroke: var(--wall); stroke-width: 4; } .peers { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2 5; }
svg text { font: 12px var(--sans); fill: var(--ink); } svg .name { font: 600 17px var(--serif); } svg .small { font-size: 12px; fill: var(--soft); }
svg .ship-name { font: 600 13px var(--serif); letter-spacing: .14em; text-anchor: middle; fill: var(--soft); } svg .strong { fill: var(--ink); } svg .link { fill: var(--link); text-decoration: underline; }
.gap { fill: var(--hull); } .post, .leaf { stroke: var(--wall); stroke-width: 3; fill: none; } .leaf { stroke-width: 2; }
.door.violated .leaf, .door.violated .post { stroke: var(--violated); } .door.violated .small { fill: var(--violated); }
.door.unknown .leaf, .door.unknown .post { stroke: var(--unknown); stroke-dasharray: 3 2; } .door.unknown .small { fill: var(--unknown); }
.leak .target { fill: transparent; } .leak .flow { stroke: var(--accent); stroke-width: 2.5; } .leak .head { fill: var(--accent); }
.leak.disclosure .flow { stroke-width: 6; } .leak .core { stroke: var(--hull); stroke-width: 2.5; }
.leak.unknown .flow { stroke-dasharray: 5 4; } .edge { stroke: var(--wall); stroke-width: 3; stroke-linecap: round; }
.leak .pill { fill: var(--accent); stroke: var(--accent); stroke-width: 1.5; } .leak .count { fill: var(--hull); text-anchor: middle; font-weight: 700; font-size: 11.5px; }
.leak.unknown .pill { fill: var(--hull); } .leak.unknown .count { fill: var(--accent); }
.leak .figure { fill: var(--accent); } .leak .adrift { fill: none; stroke: var(--accent); stroke-width: 2; stroke-dasharray: 3 2; }
.leak:hover .pill, .leak:focus-visible .pill { stroke: var(--ink); stroke-width: 3; } svg a:hover .small { text-decoration: underline; }
.keel rect { fill: none; stroke: var(--soft); stroke-dasharray: 1 4; stroke-linecap: round; stroke-width: 1.5; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: .8rem .3rem 0; font-size: .82rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .4rem; }
.crossing { padding: .75rem 0 .9rem; border-top: 1px solid var(--line); } .crossing:first-child { border-top: 0; padding-top: 0; }
.crossing h3 .verdict { font-weight: 400; margin-left: .5em; } .crossing ol, .crossing details ol { padding-left: 2.1rem; font-size: .94rem; }
.crossing li { padding: .12rem 0; } .crossing li::marker { color: var(--soft); font-variant-numeric: tabular-nums; } .crossing summary { color: var(--link); cursor: pointer; font-size: .94rem; padding-left: 2.1rem; }
.chip { display: inline-block; font-size: .76rem; font-weight: 600; line-height: 1.35; color: var(--accent); border: 1px solid var(--accent); border-radius: 4px; padding: 0 .4em; }
.chip.critical { background: var(--accent); color: var(--card); }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: .8rem; }
.finding > details > summary { display: grid; grid-template-columns: 2.2rem 1fr 1rem; padding: .8rem 1.1rem; cursor: pointer; list-style: none; }
.finding > details > summary::after { content: ""; align-self: center; width: .5rem; height: .5rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(45deg); }
.finding > details[open] > summary::after { transform: rotate(225deg); } .finding > details > summary:hover h3 { text-decoration: underline; text-decoration-thickness: .06em; }
.finding > details > summary::-webkit-details-marker { display: none; }
.number { font-family: var(--serif); font-size: 1.25rem; color: var(--soft); } .headline { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; }
.headline h3 { flex-basis: 100%; font-size: 1.06rem; } .crosses { font-size: .9rem; } .tag { font: .8rem var(--mono); color: var(--soft); }
.body { padding: .2rem 1.1rem 1.1rem 3.3rem; display: grid; gap: .9rem; } .about { color: var(--soft); } .exception { border-left: 3px solid var(--unknown); padding-left: .8rem; }
.walk { padding: 0; list-style: none; border-left: 2px solid var(--line); margin-left: .7rem; display: grid; gap: .8rem; counter-reset: none; }
.walk li { position: relative; padding-left: 1.7rem; } .walk li::before { content: counter(list-item); position: absolute; left: -.78rem; top: .05rem; width: 1.45rem; height: 1.45rem; border-radius: 50%;
  background: var(--card); border: 2px solid var(--soft); font-size: .76rem; line-height: 1.25rem; text-align: center; font-variant-numeric: tabular-nums; }
.walk li.may::before { border-style: dashed; border-color: var(--unknown); } .walk li:last-child::before { border-color: var(--ink); background: var(--ink); color: var(--card); }
.because { color: var(--unknown); font-size: .92rem; } .needs, .where { color: var(--soft); font-size: .86rem; } .where { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; } .place { color: var(--ink); }
.change { border-left: 3px solid var(--separated); padding-left: .9rem; } .change h4 { color: var(--separated); }
.facts { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; font-size: .9rem; } dt { color: var(--soft); } dd { margin: 0; }
.beside > summary { cursor: pointer; } .beside .body { padding-left: 1rem; padding-top: .7rem; }
.filter { display: flex; flex-wrap: wrap; gap: .7rem 1.2rem; align-items: center; margin-bottom: 1rem; } .filter label { color: var(--soft); }
input, select, button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 6px; padding: .25rem .6rem; max-width: 100%; }
button { cursor: pointer; } output { color: var(--soft); }
.cut { padding: 0; list-style: none; counter-reset: cut; margin-top: 1rem; } .cut li { counter-increment: cut; position: relative; padding: .7rem 0 .7rem 2.4rem; border-top: 1px solid var(--line); }
.cut li::before { content: counter(cut); position: absolute; left: 0; font: 1.25rem var(--serif); color: var(--separated); } .instruction { font-weight: 500; } .closes { color: var(--ink); }
.scroll { overflow-x: auto; margin: .6rem 0 1.4rem; } table { border-collapse: collapse; width: 100%; min-width: 34rem; font-size: .93rem; overflow-wrap: break-word; }
caption { text-align: left; color: var(--soft); font-size: .86rem; padding-bottom: .4rem; } th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-top: 1px solid var(--line); }
thead th { font-size: .8rem; color: var(--soft); font-weight: 600; border-top: 0; } th[scope=row] { font-weight: 600; } td code, th code { overflow-wrap: anywhere; } .numbers { font-variant-numeric: tabular-nums; }
.plain { padding-left: 1.1rem; margin: .4rem 0 1.2rem; } .plain li { padding: .1rem 0; } section > h3 { margin: 1.4rem 0 .2rem; } summary { padding: .1rem 0; } abbr { text-decoration-style: dotted; text-underline-offset: .2em; }
:target.finding, .beside:target, :target.crossing { outline: 2px solid var(--link); outline-offset: 4px; border-radius: 6px; }
footer { color: var(--soft); font-size: .86rem; padding-top: 3rem; padding-bottom: 3rem; }
@media (max-width: 56rem) { .pair { grid-template-columns: minmax(0, 1fr); gap: 1.4rem; } .drawing { max-width: 34rem; position: static; } }
@media (max-width: 34rem) { .body { padding-left: 1.1rem; } .finding > details > summary { grid-template-columns: 2.1rem 1fr 1rem; padding: .8rem .9rem; } .facts { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } .mark span { display: block; margin: 0; } .drawing { padding-inline: .3rem; } svg .small { font-size: 14.5px; } svg .name { font-size: 20px; } svg .count { font-size: 13px; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --sea: #fff; --hull: #fff; --wall: #000; --violated: #a4271f; --unknown: #8a5700; --separated: #1d6a44; --link: #000; --tint: #fff; }
  body { font-size: 10pt; } nav, .filter, .skip { display: none !important; } .finding > details > summary::after { content: none; } .finding, .statement, .crossing, .cut li, .walk li, tr, .drawing { break-inside: avoid; } .finding { break-inside: auto; } h2, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; } .scroll { overflow: visible; } table { min-width: 0; } a { text-decoration: none; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
