// Lines over an axis, drawn by hand: a chart is a figure with a caption, a legend and its numbers as a table.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 380, height: 220, left: 50, right: 14, top: 10, bottom: 40 };
const MANY = 60;

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const written = (value, unit) => (unit === "share" ? percent(value) : precise.format(value));

// Round numbers that cover a range, about so many.
function ticks(low, high, about, whole = false) {
  if (low === high) [low, high] = [low, low + 1];
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * (1 - 1e-9));
  if (whole) step = Math.max(1, Math.round(step));
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, number) => (first + number) * step);
}

const MARKERS = [
  (x, y) => drawn("circle", { cx: x, cy: y, r: 3.5 }),
  (x, y) => drawn("rect", { x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 }),
  (x, y) => drawn("path", { d: `M${x} ${y - 4.2}L${x + 4} ${y + 3.2}H${x - 4}Z` }),
];

// A chart over one axis, as [key, name].
function chart(data, [axis, axisName], range) {
  const { width, height, left, right, top, bottom } = SIZE;
  const points = data.lines.flatMap((line) => line.points);
  const ends = points.flatMap((point) => [point.value, point.low ?? point.value, point.high ?? point.value]);
  const rows = ticks(Math.min(0, ...extremes(ends)), Math.max(0, ...extremes(ends)), 4);
  const columns = ticks(range[0], range[1], 5, axis !== "tokens").filter((value) => value >= range[0] && value <= range[1]);
  const [bottomValue, topValue] = [rows[0], rows[rows.length - 1]];
  const spread = range[1] - range[0] || 1;
  const x = (value) => round(left + ((value - range[0]) / spread) * (width - left - right));
  const y = (value) => round(height - bottom - ((value - bottomValue) / (topValue - bottomValue)) * (height - top - bottom));
  const picture = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${data.title}, ${described(data)}` });
  for (const value of rows) {
    picture.append(drawn("line", { class: value === 0 ? "axis" : "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      drawn("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, data.unit === "share" ? percent(value, topValue - bottomValue < 0.04 ? 1 : 0) : compact.format(value)));
  }
  for (const value of columns) {
    picture.append(drawn("line", { class: "grid", x1: x(value), x2: x(value), y1: height - bottom, y2: height - bottom + 4 }),
      drawn("text", { x: x(value), y: height - bottom + 17, "text-anchor": "middle" }, compact.format(value)));
  }
  picture.append(drawn("text", { x: (left + width - right) / 2, y: height - 5, "text-anchor": "middle" }, axisName));
  data.lines.forEach((line, number) => {
    const placed = line.points.map((point) => [x(point.at[axis]), y(point.value), point]);
    const bounded = line.points.filter((point) => point.low !== undefined);
    if (bounded.length) {
      const corner = (end) => (point) => `${x(point.at[axis])},${y(point[end])}`;
      picture.append(bounded.length > 1
        ? drawn("polygon", { class: `band line-${number}`, points: [...bounded.map(corner("high")), ...bounded.reverse().map(corner("low"))].join(" ") })
        : drawn("line", { class: `line-${number}`, x1: x(bounded[0].at[axis]), x2: x(bounded[0].at[axis]), y1: y(bounded[0].low), y2: y(bounded[0].high) }));
    }
    picture.append(drawn("polyline", { class: `line-${number}`, points: placed.map(([a, b]) => `${a},${b}`).join(" ") }));
    if (placed.length > MANY) return;
    for (const [a, b, point] of placed) {
      const marker = MARKERS[number % MARKERS.length](a, b);
      marker.setAttribute("class", `marker line-${number}`);
      marker.append(drawn("title", {}, `${line.name}: ${valueOf(point, data.unit)}, ${axisName} ${precise.format(point.at[axis])}`));
      picture.append(marker);
    }
  });
  return picture;
}

const round = (value) => Math.round(10 * value) / 10;

// Without spreading thousands of values over the arguments of a function.
const extremes = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

const valueOf = (point, unit) => written(point.value, unit) + (point.low === undefined ? "" : ` (${written(point.low, unit)} to ${written(point.high, unit)})`);

// What a chart says to those who cannot see it; all of its numbers are in its table.
function described(data) {
  return data.lines.map((line) => {
    const first = line.points[0], last = line.points[line.points.length - 1];
    const from = line.points.length > 1 ? `from ${written(first.value, data.unit)} to ${written(last.value, data.unit)}` : written(first.value, data.unit);
    return `${line.name} ${from}`;
  }).join("; ");
}

function legend(data) {
  const keys = data.lines.map((line, number) => {
    const marker = MARKERS[number % MARKERS.length](14, 6);
    marker.setAttribute("class", `marker line-${number}`);
    const sign = drawn("svg", { viewBox: "0 0 28 12", "aria-hidden": "true" }, drawn("line", { class: `line-${number}`, x1: 0, x2: 28, y1: 6, y2: 6 }), marker);
    return node("li", {}, sign, line.name);
  });
  return node("ul", { class: "legend" }, ...keys);
}

// The numbers of a chart, made when somebody opens them.
function numbers(data, axes, group) {
  const details = node("details", { ontoggle: () => {
    if (!details.open || details.children.length > 1) return;
    const key = (point) => axes.map(([axis]) => point.at[axis]).join(" ");
    const places = new Map();
    data.lines.forEach((line, number) => line.points.forEach((point) => {
      if (!places.has(key(point))) places.set(key(point), { at: point.at, values: [] });
      places.get(key(point)).values[number] = valueOf(point, data.unit);
    }));
    const rows = [...places.values()].sort((a, b) => a.at[axes[0][0]] - b.at[axes[0][0]]);
    details.append(table(data.title, [...axes.map(([, name]) => [name, "number"]), ...data.lines.map((line) => [line.name, "number"])],
      rows.map(({ at, values }) => [...axes.map(([axis]) => precise.format(at[axis])), ...data.lines.map((_, number) => values[number] ?? "")]), group));
  } }, node("summary", {}, `${data.title} in numbers`));
  return details;
}

// Charts that share an axis, with a switch if there are several.
function charts({ axes, charts: all }, group) {
  const pictures = all.map(() => node("div"));
  const show = (chosen) => {
    const places = all.flatMap((data) => data.lines.flatMap((line) => line.points.map((point) => point.at[chosen[0]])));
    const range = extremes(places);
    all.forEach((data, number) => pictures[number].replaceChildren(chart(data, chosen, range)));
  };
  const figures = all.map((data, number) => node("figure", {},
    node("figcaption", {}, node("h3", {}, data.title), node("p", { class: "quiet" }, data.about)), pictures[number], legend(data), numbers(data, axes, group)));
  const radios = axes.map((axis, number) => node("label", {},
    node("input", { type: "radio", name: `axis of ${group}`, checked: number === 0, onchange: () => show(axis) }), axis[1]));
  show(axes[0]);
  return [axes.length > 1 ? node("fieldset", { class: "axes" }, node("legend", {}, "Over"), ...radios) : null, node("div", { class: "charts" }, ...figures)];
}
