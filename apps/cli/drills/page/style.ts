/** The page's only style: no font and no image from elsewhere, by day and by night, on a phone and on paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #14181f; --soft: #5b6472; --line: #e2e6ec;
  --green: #0f7b4f; --green-soft: #e3f4ec; --red: #b3261e; --red-soft: #fbe9e7; --amber: #8a5a00; --amber-soft: #fbf1dc;
  --bar: #3566d6; --bar-soft: #a9c1f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1216; --card: #171b21; --ink: #e8ebf0; --soft: #9aa4b2; --line: #2a313b;
    --green: #5fd2a0; --green-soft: #12352a; --red: #ff8a80; --red-soft: #3d1c1a; --amber: #f0c063; --amber-soft: #382b10;
    --bar: #7ea2f2; --bar-soft: #35507f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%;
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
header { display: grid; gap: 6px; margin-bottom: 24px; }
.kind { color: var(--soft); font-size: 13px; letter-spacing: 0.04em; text-transform: uppercase; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 18px; }
.verdict { margin: 8px 0 0; padding: 14px 18px; border-radius: 10px; font-weight: 600; border-left: 5px solid; }
.verdict.proven { color: var(--green); background: var(--green-soft); }
.verdict.red { color: var(--red); background: var(--red-soft); }
.verdict.partly { color: var(--amber); background: var(--amber-soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin-top: 18px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; background: none; border: 0; padding: 0; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; }
.figure b { display: block; font-size: 25px; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
.figure span, .note, caption, dt { color: var(--soft); font-size: 13px; }
.note { margin: 0 0 14px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 12px; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); padding: 6px 12px 6px 0; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: 9px 12px 9px 0; }
tbody tr:last-child td { border-bottom: 0; }
td.phase { color: var(--soft); white-space: nowrap; }
td.step { min-width: 240px; overflow-wrap: break-word; }
dd, code { overflow-wrap: anywhere; }
.pill { display: inline-block; border-radius: 999px; padding: 1px 10px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.passed { color: var(--green); background: var(--green-soft); }
.partial { color: var(--amber); background: var(--amber-soft); }
.failed { color: var(--red); background: var(--red-soft); }
.lost { margin: 6px 0 0; padding-left: 18px; color: var(--red); }
td.time { width: 26%; white-space: nowrap; }
.track { position: relative; display: block; height: 8px; margin-top: 5px; border-radius: 4px; background: var(--line); }
.track i { position: absolute; inset: 0 auto 0 0; border-radius: 4px; background: var(--bar-soft); }
.track i.exposure { background: var(--bar); }
.track u { position: absolute; top: -3px; bottom: -3px; width: 2px; background: var(--red); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 12px 0 0; }
.legend i { display: inline-block; width: 18px; height: 8px; border-radius: 4px; margin-right: 6px; background: var(--bar-soft); }
.legend i.exposure { background: var(--bar); }
.legend i.goal { width: 2px; height: 14px; vertical-align: -3px; background: var(--red); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 22px; margin: 0; }
dd { margin: 0; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
ul.plain { margin: 0; padding-left: 20px; }
footer { color: var(--soft); font-size: 13px; margin-top: 22px; }
@media (max-width: 680px) {
  main { padding: 22px 14px 40px; }
  h1 { font-size: 24px; }
  section { padding: 16px; }
  .figures { grid-template-columns: 1fr 1fr; gap: 10px; }
  .figure { padding: 12px 14px; }
  .figure b { font-size: 20px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 10px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: 1fr auto; gap: 2px 10px; padding: 11px 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  td, td.time { display: block; border: 0; padding: 0; width: auto; }
  td.step { font-weight: 600; grid-column: 1; min-width: 0; overflow-wrap: anywhere; }
  td.result { grid-column: 2; grid-row: 1; }
  td.phase { display: none; }
  td.what, td.time { grid-column: 1 / -1; }
}
@media print {
  :root { --paper: #fff; }
  main { max-width: none; padding: 0; }
  section, .figure { break-inside: avoid; }
  section.points { break-inside: auto; }
  tr { break-inside: avoid; }
  .track, .pill, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
