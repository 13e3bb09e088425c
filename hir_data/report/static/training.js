// Loops and trainings: curves, what became of each iteration, and answers to the same prompts side by side.

const clock = (seconds) => {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};
const withInterval = (share) => (share ? `${percent(share.value)} (${percent(share.low)} to ${percent(share.high)})` : "");
const figure = (value) => (typeof value === "number" ? precise.format(value) : "");

function trainings(data) {
  return data.trained.flatMap((training, number) => [
    node("h2", {}, training.name),
    ...training.notes.map((note) => node("p", { class: "quiet" }, note)),
    ...(training.charts.length ? charts(training, `${training.name} ${number}`) : [node("p", {}, "There are no figures yet.")]),
    ...(training.loop ? iterations(training) : []),
    ...settings(training),
  ].filter((part) => part !== null));
}

function iterations(loop) {
  const heads = [["iteration", "number"], ["rollouts", "number"], ["tokens", "number"], ["ILA of its rollouts", "number"], ["replays", "number"],
    ["steps", "number"], ["held-out ILA", "number"], ["held-out CLA", "number"], ["rejected", "number"], ["time", "number"]];
  const rows = loop.iterations.map((each) => [String(each.iteration), figure(each.rollouts), figure(each.tokens), percent(each.reward), figure(each.replays),
    figure(each.steps), withInterval(each.ila), withInterval(each.cla), String(each.rejected), clock(each.seconds)]);
  return [
    node("h3", {}, "Iterations"),
    table("What became of each iteration. Rollouts and their tokens are all so far; accuracy is strict, with its 95 % interval.", heads, rows, loop.name),
    ...kinds(loop.kinds, "h3", null, loop.name),
  ];
}

function settings(training) {
  const rows = (pairs) => pairs.map(([name, value]) => [name, node("span", { class: "value" }, value)]);
  return [
    training.versions.length ? node("details", {}, node("summary", {}, "Versions"), table("Versions", [["package"], ["version"]], rows(training.versions), training.name)) : null,
    node("details", {}, node("summary", {}, "Settings"), table("Settings", [["setting"], ["value"]], rows(training.settings), training.name)),
  ];
}

const CHANGES = [["better", "violated first, satisfied last"], ["worse", "satisfied first, violated last"], ["always", "satisfied in all"], ["never", "satisfied in none"]];

function changed(item) {
  const known = item.answers.filter(Boolean).map((answer) => answer.ila);
  const first = known[0], last = known[known.length - 1];
  return { better: !first && last, worse: first && !last, always: known.every(Boolean), never: !known.some(Boolean) };
}

// The verdicts of all iterations, in their order.
function course(values) {
  const words = values.map((value) => (value === undefined ? "missing" : MARKS[String(value)][1]));
  return node("span", { class: "course", role: "img", "aria-label": words.join(", ") },
    ...values.map((value, at) => (value === undefined ? node("span", { class: "quiet" }, "–") : node("span", { class: MARKS[String(value)][2], title: words[at] }, MARKS[String(value)][0]))));
}

function answers(data, first) {
  const loops = data.trained.filter((training) => training.loop && training.answers.items.length);
  const items = loops.flatMap((loop) => loop.answers.items.map((item) => ({ ...item, loop: loop.name, iterations: loop.answers.iterations })));
  const kindNames = [...new Set(items.flatMap((item) => item.answers[0].results.map((result) => result.kind)))].sort();
  const satisfied = (item) => item.answers.filter((answer) => answer?.ila).length;
  const columns = [
    { name: "prompt", by: (item) => lastOfUser(item.messages), shown: (item) => `${item.key ? `${item.key}: ` : ""}${lastOfUser(item.messages).slice(0, 90) || "(empty)"}` },
    { name: "satisfied, by iteration", by: satisfied, shown: (item) => course(item.answers.map((answer) => answer?.ila)) },
  ];
  const filters = [
    { key: "change", label: "All constraints", options: CHANGES, fits: (item, value) => changed(item)[value] },
    { key: "kind", label: "Kind", options: kindNames.map((kind) => [kind, kind]), fits: (item, value) => item.answers[0].results.some((result) => result.kind === value) },
  ];
  if (loops.length > 1) {
    columns.splice(1, 0, { name: "loop", by: (item) => item.loop, shown: (item) => item.loop });
    filters.push({ key: "loop", label: "Loop", options: loops.map((loop) => [loop.name, loop.name]), fits: (item, value) => item.loop === value });
  }
  return browser({
    name: "held-out prompts", items, filters, columns, first,
    total: loops.reduce((sum, loop) => sum + loop.answers.number, 0),
    searched: (item) => (item.searched ??= [item.key, ...item.messages.map(([, text]) => text), ...item.answers.map((answer) => answer?.response)].join(" ").toLowerCase()),
    detail: (item, state) => [
      node("h2", {}, `${item.key || "Prompt"}${item.sample ? `, sample ${item.sample + 1}` : ""}${loops.length > 1 ? `, ${item.loop}` : ""}`),
      ...messages(item.messages),
      node("h3", {}, "Constraints, and whether each iteration satisfies them"),
      ...sideBySide(item, mostTelling(item, state.kind)),
    ],
  });
}

// The constraint that is marked at first: of the kind that is looked for, else one that became better or worse, else a violated one.
function mostTelling(item, kind) {
  const first = item.answers[0].results;
  const changes = (at) => new Set(item.answers.filter(Boolean).map((answer) => answer.results[at]?.strict)).size > 1;
  const candidates = [(result) => result.kind === kind, (_, at) => changes(at), (result) => result.strict === false];
  return candidates.map((fits) => first.findIndex(fits)).find((at) => at >= 0) ?? 0;
}

// Answers in columns; the constraint that is chosen is marked in each.
function sideBySide(item, first) {
  const columns = node("div", { class: "answers", tabindex: "0", role: "region", "aria-label": "answers by iteration" });
  const list = node("ul", { class: "constraints" });
  const show = (chosen) => {
    [...list.querySelectorAll("button")].forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
    columns.replaceChildren(...item.answers.map((answer, at) => {
      const name = item.iterations[at] === 0 ? "Start" : `Iteration ${item.iterations[at]}`;
      if (!answer) return node("div", {}, node("h4", {}, name), node("p", { class: "quiet" }, "no answer to this prompt"));
      const result = answer.results[chosen], hits = answer.results.filter((each) => each.strict === true).length;
      return node("div", {},
        node("h4", {}, name, " ", verdict(answer.ila)),
        node("p", { class: "quiet" }, `${hits} of ${plural(answer.results.length, "constraint")}, ${plural(answer.words, "word")}`),
        withPlaces(answer.response, result?.places || [], `answer, ${name}`),
        result ? node("p", {}, verdict(result.strict), ` ${result.reason || MARKS[String(result.strict)][1]}`) : null);
    }));
  };
  item.answers[0].results.forEach((result, at) => list.append(node("li", {}, node("button", { type: "button", onclick: () => show(at) },
    course(item.answers.map((answer) => answer?.results[at]?.strict)), ` ${result.says}`, node("span", { class: "quiet" }, result.kind)))));
  show(first);
  return [list, node("h3", {}, "Answers"), columns];
}
