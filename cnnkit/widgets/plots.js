// Bars and curves, as cnnkit/widgets/figures.py describes them.

const PLOT = { wide: 420, high: 205, left: 52, right: 12, top: 10, bottom: 25 };
const DASHES = ["", "7 4", "2 4", "9 3 2 3", "14 4", "4 8"];

FIGURES.bars = (figure) => make("div", { class: "bar-rows", role: "list" },
  ...figure.rows.map(({ name, share, text, mark }) => make("div", { class: "bar-row", role: "listitem" },
    make("span", { class: "bar-name" }, name),
    make("span", { class: "bar-track" }, make("span", { class: "bar", style: `width: ${100 * share}%` })),
    make("span", { class: "bar-text" }, text, mark ? " " + mark : ""))));

function shortly(value) {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

function marker(kind, x, y) {
  const shapes = [`M${x - 3} ${y - 3}h6v6h-6z`, `M${x} ${y - 4}l4 7h-8z`, `M${x} ${y - 4}l4 4-4 4-4-4z`,
    `M${x - 4} ${y}h8M${x} ${y - 4}v8`, `M${x - 3} ${y - 3}l6 6m0-6l-6 6`];
  return make("path", { d: shapes[kind % shapes.length], class: "marker" });
}

// The name of a curve beside its line; names wrap where there is little room.
function keyOf({ name }, index) {
  const line = make("svg", { viewBox: "0 0 24 12", class: "key-line", "aria-hidden": "true" },
    make("path", { d: "M0 6h24", class: `curve series-${index % 2}`,
      "stroke-dasharray": DASHES[index % DASHES.length] }),
    make("g", { class: `series-${index % 2}` }, marker(index, 12, 6)));
  return make("span", { class: "key" }, line, name);
}

FIGURES.curves = (figure) => {
  const { wide, high, left, right, top, bottom } = PLOT;
  const along = ([low, most], value, from, to) => from + (to - from) * (value - low) / ((most - low) || 1);
  const x = (value) => along(figure.x, value, left, wide - right);
  const y = (value) => along(figure.y, value, high - bottom, top);
  const label = (text, at, kind) => make("text", { ...at, class: "tick " + (kind || "") }, text);
  const svg = make("svg", { role: "img", "aria-label": figure.label, viewBox: `0 0 ${wide} ${high}`,
    style: `width: ${rem(wide)}` },
  make("path", { d: `M${left} ${top}V${high - bottom}H${wide - right}`, class: "axis" }),
  label(shortly(figure.y[0]), { x: left - 5, y: high - bottom + 4 }, "end"),
  label(shortly(figure.y[1]), { x: left - 5, y: top + 8 }, "end"),
  label(shortly(figure.x[0]), { x: left, y: high - bottom + 16 }, "start"),
  label(shortly(figure.x[1]), { x: wide - right, y: high - bottom + 16 }, "end"),
  label(figure.x_label, { x: (left + wide - right) / 2, y: high - bottom + 16 }),
  label(figure.y_label, { x: 14, y: (top + high - bottom) / 2,
    transform: `rotate(-90 14 ${(top + high - bottom) / 2})` }));
  figure.series.forEach(({ points }, index) => {
    const places = points.map(([at, value]) => [x(at), y(value)]);
    const colour = `series-${index % 2}`;
    svg.append(make("polyline", { points: places.join(" "), class: "curve " + colour,
      "stroke-dasharray": DASHES[index % DASHES.length] }));
    const every = Math.max(1, Math.ceil(places.length / 12));
    const marked = places.filter((_, at) => at % every === 0 || at === places.length - 1);
    svg.append(make("g", { class: colour }, ...marked.map(([at, value]) => marker(index, at, value))));
  });
  return make("div", {}, svg, make("p", { class: "keys" }, ...figure.series.map(keyOf)));
};
