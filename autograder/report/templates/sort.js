"use strict";
// Tables sort by a click on a heading, and the last one can be filtered. Everything that is read
// here is text of the page, and it is only moved or hidden, never put together to new HTML.
const valueOf = (row, column, numeric) => {
  const cell = row.cells[column];
  const text = cell.dataset.key ?? cell.textContent.trim();
  if (!numeric) return text;
  const number = parseFloat(text);
  return Number.isNaN(number) ? -Infinity : number;
};
const compare = (a, b) =>
  typeof a === "number" ? (a < b ? -1 : a > b ? 1 : 0) : a.localeCompare(b, undefined, { numeric: true });

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.tagName !== "TH") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const numeric = head.classList.contains("num");
      const keyed = [...body.rows].map((row) => [valueOf(row, column, numeric), row]);
      keyed.sort(([a], [b]) => (up ? compare(a, b) : compare(b, a)));
      body.append(...keyed.map(([, row]) => row));
    });
  });
}

const filter = document.getElementById("filter");
const rows = [...document.querySelectorAll("#submissions tbody tr")];
if (filter) document.getElementById("filter-box").hidden = false;
filter?.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/);
  let number = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    number += !row.hidden;
  }
  document.getElementById("shown").textContent = `${number} of ${rows.length} shown`;
});
