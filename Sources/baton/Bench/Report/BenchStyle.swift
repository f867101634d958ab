/// The page's style, light and dark.
enum BenchStyle {
    static let text = """

        :root { --page: #f5f6f8; --card: #ffffff; --ink: #1d2733; --soft: #5c6b7c;
          --line: #dfe4ea; --grid: #e9edf1; --ours: #0b7f86; --limit: #aab6c3;
          --other: #c9a227; --good: #1d8348; --bad: #c0392b; --mark: #b3541e;
          --s0: #0b7f86; --s1: #7d8fa3; --s2: #c27c0e; --s3: #7b4fa8; --s4: #b23a6b; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #12171d; --card: #1b222b; --ink: #e6ebf0; --soft: #9aa9b8;
            --line: #2d3742; --grid: #27303a; --ours: #35b8bd; --limit: #55636f;
            --other: #d9b64a; --good: #58c98a; --bad: #ff7b6b; --mark: #f0a15e;
            --s0: #35b8bd; --s1: #8fa1b3; --s2: #e0a84a; --s3: #b08be0; --s4: #e07aa5; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 32px 20px 48px; }
        h1 { font-size: 30px; margin: 0 0 4px; letter-spacing: -0.01em; }
        h2 { font-size: 20px; margin: 0 0 8px; }
        .facts, .explanation, footer { color: var(--soft); margin: 0; }
        .explanation { max-width: 85ch; font-size: 15px; }
        .warning { background: var(--card); border-left: 4px solid var(--mark);
          padding: 8px 14px; border-radius: 4px; margin: 16px 0 0; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: 22px 24px; margin: 22px 0; }
        .charts { display: grid; gap: 18px 32px; margin-top: 16px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
        figure { margin: 0; max-width: 600px; align-self: start; }
        .curves-chart { grid-row: span 2; }
        figcaption { font-weight: 600; font-size: 14px; margin-bottom: 4px; }
        svg { width: 100%; height: auto; display: block; font-size: 13px;
          font-variant-numeric: tabular-nums; }
        svg text { fill: var(--ink); }
        svg .tick, svg .mark-label { font-size: 12px; fill: var(--soft); }
        svg .number, svg .mark-label { paint-order: stroke; stroke: var(--card);
          stroke-width: 5px; stroke-linejoin: round; }
        svg .number { fill: var(--soft); }
        svg .strong { fill: var(--ink); font-weight: 650; }
        svg .mark-label { fill: var(--mark); }
        svg .axis { stroke: var(--line); stroke-width: 1.5; }
        svg .grid { stroke: var(--grid); } svg .major { stroke: var(--line); }
        svg .mark { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 5 4; }
        svg .ours { fill: var(--ours); } svg .limit { fill: var(--limit); }
        svg .other { fill: var(--other); }
        svg .curve { fill: none; stroke-width: 2.25; stroke-linejoin: round; }
        svg .curve.series-0 { stroke: var(--s0); stroke-width: 3; }
        svg .curve.series-1 { stroke: var(--s1); } svg .curve.series-2 { stroke: var(--s2); }
        svg .curve.series-3 { stroke: var(--s3); } svg .curve.series-4 { stroke: var(--s4); }
        svg .dot.series-0, svg .name.series-0 { fill: var(--s0); }
        svg .dot.series-1, svg .name.series-1 { fill: var(--s1); }
        svg .dot.series-2, svg .name.series-2 { fill: var(--s2); }
        svg .dot.series-3, svg .name.series-3 { fill: var(--s3); }
        svg .dot.series-4, svg .name.series-4 { fill: var(--s4); }
        svg .name { font-weight: 600; }
        .tiles { display: grid; gap: 14px; margin: 22px 0;
          grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: 14px 18px; text-decoration: none; display: block; }
        .tile b { display: block; font-size: 25px; letter-spacing: -0.01em;
          font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: 13px; line-height: 1.35; display: block; }
        table { border-collapse: collapse; width: 100%; font-size: 15px;
          font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
        th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        tbody tr:last-child td { border-bottom: 0; }
        .value { text-align: right; white-space: nowrap; font-weight: 600; }
        .runs, .need { color: var(--soft); font-size: 13px; }
        .wide { overflow-x: auto; }
        a { color: inherit; text-decoration-color: var(--limit); text-underline-offset: 3px; }
        .mark-met { color: var(--good); font-weight: 700; }
        .mark-missed { color: var(--bad); font-weight: 700; }
        .bars { list-style: none; margin: 12px 0 0; padding: 0; display: flex; flex-wrap: wrap;
          gap: 8px; font-size: 14px; }
        .bars li { border: 1px solid var(--line); border-radius: 999px; padding: 3px 14px; }
        .bars .missed { border-color: var(--bad); }
        details { margin-top: 14px; }
        summary { cursor: pointer; color: var(--soft); font-size: 14px; }
        details table { margin-top: 8px; font-size: 14px; }
        footer { font-size: 14px; }
        @media print { .card { break-inside: avoid; } }

        """
}
