// The table of a net: a row for each block; a click chooses one.

function drawTable(table, send) {
  // Parameters and products carry a bar: how much of the largest of their column they are.
  const bar = (share) => share && `--share: ${100 * share}%`;
  const cell = (text, at, shares) => (at
    ? make("td", { style: at === 2 || at === 3 ? bar(shares[at - 2]) || null : null }, text)
    : make("th", { scope: "row" }, text));
  const head = make("tr", {}, ...table.head.map((text) => make("th", { scope: "col" }, text)));
  const rows = table.rows.map(({ texts, kind, here, shares }, at) => make("tr", {
    class: `${kind}${here ? " here" : ""}`, "data-row": at, "aria-current": here && "true",
    onclick: () => send({ go: table.name, at: [at] }),
  }, ...texts.map((text, n) => cell(text, n, shares))));
  return make("div", { class: "net-table" },
    make("table", { "aria-label": table.caption }, make("thead", {}, head), make("tbody", {}, ...rows)));
}

const widget = board({ figures: { table: drawTable } });
